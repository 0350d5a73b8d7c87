import { describe, expect, test } from "vitest";
import * as core from "./index.js";
import {
  add,
  AdjointError,
  arange,
  argmax,
  concat,
  defineOp,
  elementwise,
  expand,
  flatten,
  fromTypedArray,
  full,
  gather,
  Generator,
  gradients,
  indexSelect,
  jvp,
  leakyRelu,
  linspace,
  lower,
  matmul,
  max,
  mul,
  noGrad,
  oneHot,
  ones,
  pad,
  Parameter,
  permute,
  reshape,
  slice,
  softmax,
  split,
  stack,
  State,
  sum,
  type Tensor,
  tensor,
  transpose,
  unsqueeze,
  value,
  zeros,
} from "./index.js";

/** Class, code and message of the AdjointError that `run` throws. */
function thrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    expect(error.name).toBe(error.constructor.name);
    return `${error.name} ${error.code}\n${error.message}`;
  }
  throw new Error("nothing was thrown");
}

/** A call with arguments that TypeScript would refuse. */
const wrong =
  (fn: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  (): unknown =>
    Reflect.apply(fn, undefined, args);
const int = (data: number[]): Tensor => tensor(data, { dtype: "int32" });
const x = ones([2, 3]);
const leaf = tensor([1, 2], { requiresGrad: true });

test("mistakes with making tensors say what is wrong and what to do", () => {
  expect(thrown(() => tensor([[1, 2], [3]]))).toMatchInlineSnapshot(`
    "ShapeError RAGGED_ARRAY
    tensor: the arrays on axis 1 have different lengths (the first make [2, 2]); make them even"
  `);
  expect(thrown(wrong(tensor, [1, "2"]))).toMatchInlineSnapshot(`
    "ArgumentError ELEMENT_KIND
    tensor: "2" is not a number; use numbers or booleans in arrays of even lengths"
  `);
  expect(thrown(wrong(tensor, undefined))).toMatchInlineSnapshot(`
    "ArgumentError ELEMENT_KIND
    tensor: undefined is not a number; use numbers or booleans in arrays of even lengths"
  `);
  expect(thrown(() => tensor([1, 2, 3], { shape: [2, 2] }))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_SIZE
    tensor: shape [2, 2] has 4 elements, the data 3; give a shape that fits"
  `);
  expect(thrown(wrong(fromTypedArray, [1, 2]))).toMatchInlineSnapshot(`
    "ArgumentError ELEMENT_KIND
    fromTypedArray: an array is not a Float32Array, Float64Array, Int32Array or Uint8Array; tensor(...) takes plain arrays"
  `);
  expect(thrown(() => zeros([2, -1]))).toMatchInlineSnapshot(`
    "ArgumentError SHAPE_INVALID
    zeros: [2, -1] is not a shape; use an array of integers >= 0"
  `);
  expect(thrown(wrong(zeros, 3))).toMatchInlineSnapshot(`
    "ArgumentError SHAPE_INVALID
    zeros: 3 is not a shape; use an array of integers >= 0"
  `);
  expect(thrown(wrong(full, [2], 0, { dtype: "float16" }))).toMatchInlineSnapshot(`
    "DTypeError DTYPE_UNKNOWN
    full: "float16" is no dtype; use one of bool, uint8, int32, float32, float64"
  `);
  expect(thrown(wrong(zeros, [2], null))).toMatchInlineSnapshot(`
    "ArgumentError OPTIONS_KIND
    zeros: the options are null; give them by name, such as { dtype: "float64" }"
  `);
  expect(thrown(() => tensor([1], { dtype: "int32", requiresGrad: true }))).toMatchInlineSnapshot(`
    "ArgumentError GRADIENT_DTYPE
    tensor: int32 tensors have no gradient; use float32 or float64"
  `);
  expect(thrown(() => arange(0, 1, 0))).toMatchInlineSnapshot(`
    "ArgumentError RANGE_INVALID
    arange: start 0, end 1, step 0; use finite numbers, and a step that leads from start to end"
  `);
  expect(thrown(() => linspace(0, 1, 2.5))).toMatchInlineSnapshot(`
    "ArgumentError INTEGER_INVALID
    linspace: count is 2.5; use an integer of at least 0"
  `);
  expect(thrown(() => new Generator(1).normal([2], 0, -1))).toMatchInlineSnapshot(`
    "ArgumentError DEVIATION_INVALID
    normal: mean 0, deviation -1; use finite numbers, the deviation >= 0"
  `);
  expect(thrown(() => new Generator(0.5))).toMatchInlineSnapshot(`
    "ArgumentError SEED_INVALID
    seed: 0.5; use an integer from 0 to 2^53 - 1"
  `);
});

test("mistakes with operands say what is wrong and what to do", () => {
  expect(thrown(() => add(x, ones([4])))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    add: [2, 3] and [4] do not broadcast: sizes 3 and 4 differ on axis -1; make them equal or one of them 1 (reshape, unsqueeze)"
  `);
  expect(thrown(wrong(add, x, "1"))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_KIND
    add: "1" is not an operand; use a number, a Value or a Tensor (tensor(...) makes one from arrays)"
  `);
  expect(thrown(wrong(add, x, [1, 2, 3]))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_KIND
    add: an array is not an operand; use a number, a Value or a Tensor (tensor(...) makes one from arrays)"
  `);
  expect(thrown(wrong(sum, [1, 2]))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_KIND
    sum: an array is not a Tensor; tensor(...) makes one from numbers and arrays"
  `);
  expect(thrown(wrong(add, x))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_COUNT
    add: got 1 operands; it takes 2"
  `);
  expect(thrown(wrong(leakyRelu, x, { slope: 1 }))).toMatchInlineSnapshot(`
    "ArgumentError OPTION_UNKNOWN
    leakyRelu: unknown option "slope"; it takes negativeSlope"
  `);
  expect(thrown(wrong(leakyRelu, x, 0.1))).toMatchInlineSnapshot(`
    "ArgumentError OPTIONS_KIND
    leakyRelu: the options are 0.1; give them by name, such as { negativeSlope: 0.01 }"
  `);
  expect(thrown(() => value(1).add(undefined as never))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_KIND
    add: undefined is not an operand; use a number or a Value"
  `);
  expect(thrown(() => matmul(x, ones([4, 5])))).toMatchInlineSnapshot(`
    "ShapeError MATMUL_SHAPES
    matmul: [2, 3] x [4, 5]: inner sizes 3 and 4 differ; transpose the second?"
  `);
  expect(thrown(() => matmul(x, tensor(2)))).toMatchInlineSnapshot(`
    "ShapeError MATMUL_SHAPES
    matmul: [2, 3] x []: a scalar has no matrix product; use mul"
  `);
  expect(thrown(() => matmul(ones([2, 1, 3]), ones([3, 3, 1])))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    matmul: front axes: [2] and [3] do not broadcast: sizes 2 and 3 differ on axis -1; make them equal or one of them 1 (reshape, unsqueeze)"
  `);
});

test("mistakes with axes and shapes say what is wrong and what to do", () => {
  expect(thrown(() => sum(x, { axis: 2 }))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    sum: axis 2 of [2, 3]: there are 2 axes; use an integer from -2 to 1"
  `);
  expect(thrown(() => sum(x, { axis: [0, -2] }))).toMatchInlineSnapshot(`
    "ShapeError AXIS_REPEATED
    sum: axis 0 is named twice in [0, -2]"
  `);
  expect(thrown(wrong(sum, x, 0))).toMatchInlineSnapshot(`
    "ArgumentError OPTIONS_KIND
    sum: the options are 0; give them by name, such as { axis: 0 }"
  `);
  expect(thrown(wrong(sum, x, { axis: "rows" }))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    sum: axis "rows" of [2, 3]: there are 2 axes; use an integer from -2 to 1"
  `);
  expect(thrown(() => sum(tensor(1), { axis: 1 }))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    sum: axis 1 of []: a scalar has no axes; leave the axis out"
  `);
  expect(thrown(() => max(zeros([0, 3]), { axis: 0 }))).toMatchInlineSnapshot(`
    "ShapeError EMPTY_REDUCTION
    max: [0, 3] has no elements along the reduced axes, and there is no max of nothing"
  `);
  expect(thrown(() => argmax(zeros([0])))).toMatchInlineSnapshot(`
    "ShapeError EMPTY_REDUCTION
    argmax: [0] has no elements along the reduced axes, and there is no argmax of nothing"
  `);
  expect(thrown(() => softmax(x, { axis: 5 }))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    softmax: axis 5 of [2, 3]: there are 2 axes; use an integer from -2 to 1"
  `);
  expect(thrown(() => reshape(x, [4, -1]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_SIZE
    reshape: [2, 3] has 6 elements, which do not fit [4, -1]; the product of the sizes must be the same"
  `);
  expect(thrown(() => reshape(x, [-1, -1]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_INVALID
    reshape: only one size can be -1, not two as in [-1, -1]"
  `);
  expect(thrown(wrong(reshape, x, 6))).toMatchInlineSnapshot(`
    "ArgumentError SHAPE_INVALID
    reshape: 6 is not a shape; use an array of integers >= 0"
  `);
  expect(thrown(() => flatten(x, 1, 0))).toMatchInlineSnapshot(`
    "ShapeError AXIS_ORDER
    flatten: axis 1 comes after axis 0; exchange them"
  `);
  expect(thrown(() => permute(x, [0, 0]))).toMatchInlineSnapshot(`
    "ShapeError AXES_INVALID
    permute: [0, 0] for [2, 3]; name each of the 2 axes once"
  `);
  expect(thrown(() => transpose(x, 0, 2))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    transpose: axis 2 of [2, 3]: there are 2 axes; use an integer from -2 to 1"
  `);
  expect(thrown(() => unsqueeze(x, 3))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    unsqueeze: axis 3: there are 3 axes; use an integer from -3 to 2"
  `);
  expect(thrown(() => expand(x, [2, 4]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    expand: [2, 3] to [2, 4]: only axes of size 1 can be repeated; the other sizes must stay"
  `);
  expect(thrown(() => expand(x, [3]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    expand: [2, 3] to [3]: only axes of size 1 can be repeated; the other sizes must stay"
  `);
  expect(thrown(() => concat([]))).toMatchInlineSnapshot(`
    "ArgumentError EMPTY_LIST
    concat: needs an array of at least one tensor"
  `);
  expect(thrown(() => concat([x, ones([2])]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    concat: [2, 3] and [2] along axis 0: all other sizes must be equal"
  `);
  expect(thrown(wrong(concat, [x, 1]))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_KIND
    concat: 1 is not a Tensor; tensor(...) makes one from numbers and arrays"
  `);
  expect(thrown(() => stack([x, ones([3, 2])]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    stack: [2, 3] and [3, 2]: all shapes must be equal"
  `);
  expect(thrown(() => split(x, [1, 1], 1))).toMatchInlineSnapshot(`
    "ShapeError SPLIT_SIZES
    split: sizes [1, 1] of [2, 3] along axis 1; they must add up to 3"
  `);
  expect(thrown(() => split(x, 0))).toMatchInlineSnapshot(`
    "ArgumentError SPLIT_SIZES
    split: size 0; use an integer >= 1"
  `);
  expect(thrown(() => pad(x, [[1, 1]]))).toMatchInlineSnapshot(`
    "ArgumentError PADDING_INVALID
    pad: [[1, 1]] for [2, 3]; give [before, after] integers for each axis"
  `);
  expect(
    thrown(() =>
      pad(x, [
        [-2, -1],
        [0, 0],
      ]),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError PADDING_INVALID
    pad: [[-2, -1], [0, 0]] for [2, 3] cuts more off than there is along axis 0"
  `);
  expect(thrown(() => x.item())).toMatchInlineSnapshot(`
    "ShapeError NOT_SCALAR
    item: [2, 3] has 6 elements, not one; reduce it first (sum, mean) or use toArray()"
  `);
});

test("mistakes with indices say what is wrong and what to do", () => {
  expect(thrown(() => slice(x, 2))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    slice: index 2 on axis 0 of [2, 3]; use an integer from -2 to 1"
  `);
  expect(thrown(() => slice(x, 0.5))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    slice: index 0.5 on axis 0 of [2, 3]; use an integer from -2 to 1"
  `);
  expect(thrown(() => slice(x, [0, 2, 0]))).toMatchInlineSnapshot(`
    "ArgumentError SLICE_INVALID
    slice: [0, 2, 0] on axis 0; use [start, stop, step] of integers or null, and a step other than 0"
  `);
  expect(thrown(() => slice(x, 0, 0, 0))).toMatchInlineSnapshot(`
    "ArgumentError SLICE_INVALID
    slice: 3 ranges for [2, 3], which has 2 axes"
  `);
  expect(thrown(() => gather(x, tensor([[0]]), 0))).toMatchInlineSnapshot(`
    "DTypeError INDEX_DTYPE
    gather: the indices are float32; use an int32 or uint8 tensor"
  `);
  expect(thrown(() => gather(x, int([0]), 0))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    gather: indices [1] for [2, 3] along axis 0: the ranks must be equal, and no other size larger"
  `);
  expect(thrown(() => indexSelect(x, int([0, 2]), 0))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    indexSelect: index 2 at place 1; there are 2 entries along the axis"
  `);
  expect(thrown(() => oneHot(int([0, 3]), 3))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    oneHot: label 3 at place 1; use 0 to 2"
  `);
  expect(thrown(() => oneHot(int([-1]), 3))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    oneHot: label -1 at place 0; use 0 to 2"
  `);
  expect(thrown(() => oneHot(tensor([1]), 3))).toMatchInlineSnapshot(`
    "DTypeError INDEX_DTYPE
    oneHot: the labels are float32; use an int32 or uint8 tensor"
  `);
  expect(thrown(() => oneHot(int([1]), 2.5))).toMatchInlineSnapshot(`
    "ArgumentError ONE_HOT_CLASSES
    oneHot: the number of classes is 2.5; give an integer of at least 1"
  `);
});

test("mistakes with gradients say what is wrong and what to do", () => {
  expect(thrown(() => x.backward())).toMatchInlineSnapshot(`
    "GradientError NO_GRAPH
    backward: the output does not depend on anything that requires a gradient; create the inputs with { requiresGrad: true } (or as Parameters) and compute outside noGrad(); for a derivative of a derivative, take the first with { createGraph: true }"
  `);
  expect(thrown(() => mul(leaf, 2).backward())).toMatchInlineSnapshot(`
    "GradientError NOT_SCALAR
    backward: the output has shape [2]; reduce it to one element (sum, mean) or give a cotangent of that shape"
  `);
  expect(thrown(() => sum(leaf).backward(ones([1])))).toMatchInlineSnapshot(`
    "GradientError COTANGENT_SHAPE
    backward: the cotangent is of shape [1]; it must be a tensor of the output's shape []"
  `);
  expect(thrown(wrong(gradients, sum(leaf), leaf))).toMatchInlineSnapshot(`
    "ArgumentError INPUTS_KIND
    gradients: takes an output (or an array of them) and an array of Values and Tensors, as in gradients(y, [x])"
  `);
  expect(thrown(() => gradients(sum(leaf), [x]))).toMatchInlineSnapshot(`
    "GradientError UNUSED_INPUT
    gradients: the output does not depend on input 0, which requires no gradient; pass { allowUnused: true } to get zeros"
  `);
  expect(thrown(() => value(1).backward("1" as never))).toMatchInlineSnapshot(`
    "GradientError COTANGENT_KIND
    backward: the cotangent of a Value is a number or a Value"
  `);
  expect(thrown(() => noGrad(() => sum(leaf)).backward())).toMatchInlineSnapshot(`
    "GradientError NO_GRAPH
    backward: the output does not depend on anything that requires a gradient; create the inputs with { requiresGrad: true } (or as Parameters) and compute outside noGrad(); for a derivative of a derivative, take the first with { createGraph: true }"
  `);
  expect(thrown(wrong(noGrad, 1))).toMatchInlineSnapshot(`
    "ArgumentError NOT_A_FUNCTION
    noGrad: takes a function to run, as in noGrad(() => model.forward(x))"
  `);
  expect(thrown(() => noGrad(async () => 1))).toMatchInlineSnapshot(`
    "ArgumentError ASYNC_FUNCTION
    noGrad: the function returned a Promise; recording is switched for synchronous code only, so call noGrad inside the async function"
  `);
  expect(thrown(() => jvp((a) => a, [x], [ones([3, 2])]))).toMatchInlineSnapshot(`
    "ShapeError TANGENT_SHAPE
    jvp: tangent[0] has shape [3, 2], its primal [2, 3]; make them equal"
  `);
  expect(thrown(() => jvp((a) => a, [int([1])], [int([1])]))).toMatchInlineSnapshot(`
    "ArgumentError GRADIENT_DTYPE
    jvp: int32 tensors have no gradient; use float32 or float64"
  `);
  expect(thrown(() => jvp((a) => mul(a, a), [x], [] as never))).toMatchInlineSnapshot(`
    "ArgumentError TANGENT_COUNT
    jvp: 0 tangents for 1 primals; give one for each"
  `);
  expect(thrown(() => jvp((a) => a.toArray() as never, [x], [x]))).toMatchInlineSnapshot(`
    "ArgumentError FUNCTION_RESULT
    jvp: the function returned an array; return a Tensor or Value, or some in arrays and objects"
  `);
  expect(thrown(() => lower(x))).toMatchInlineSnapshot(`
    "ArgumentError NOT_SCALAR
    lower: shape [2, 3]; only a tensor of no axes is a Value (sum, mean, squeeze)"
  `);
  expect(thrown(() => new Parameter(int([1])))).toMatchInlineSnapshot(`
    "ArgumentError GRADIENT_DTYPE
    Parameter: int32 tensors have no gradient; use float32 or float64"
  `);
  expect(thrown(() => new State(x).assign(ones([3])))).toMatchInlineSnapshot(`
    "ShapeError ASSIGN_SHAPE
    assign: [3] to a state of shape [2, 3]; reshape it first"
  `);
  expect(thrown(() => new State(x).assign(ones([2, 3], { dtype: "float64" })))).toMatchInlineSnapshot(`
    "DTypeError ASSIGN_DTYPE
    assign: float64 to a state of float32; convert it with .to("float32")"
  `);
  expect(thrown(() => new State([1] as never))).toMatchInlineSnapshot(`
    "ArgumentError OPERAND_KIND
    State: an array is not a Tensor; tensor(...) makes one from numbers and arrays"
  `);
});

/** An op whose parts are given, and wrong. */
function broken(parts: { shape?: number[]; forward?: unknown; vjp?: unknown }): Tensor {
  const op = defineOp<[x: Tensor], undefined>({
    name: "broken",
    shape: ([input]) => parts.shape ?? input.shape,
    forward: ([input]) => (parts.forward ?? input.data) as Float32Array,
    vjp: (g) => (parts.vjp ?? [g]) as Tensor[],
    samples: () => [],
  });
  return op(leaf);
}

test("mistakes in the rules of an op of one's own are named", () => {
  expect(thrown(() => broken({ forward: [1, 2] }))).toMatchInlineSnapshot(`
    "ArgumentError FORWARD_RESULT
    broken: forward gave an array; for the shape [2] it must give a typed array of 2 elements"
  `);
  expect(thrown(() => broken({ shape: [3] }))).toMatchInlineSnapshot(`
    "ArgumentError FORWARD_RESULT
    broken: forward gave 2 elements; for the shape [3] it must give a typed array of 3 elements"
  `);
  expect(thrown(() => sum(broken({ vjp: mul(leaf, 1) })).backward())).toMatchInlineSnapshot(`
    "GradientError RULE_RESULT
    broken: vjp must return an array with one cotangent (or null) for each of the 1 inputs"
  `);
  expect(thrown(() => sum(broken({ vjp: [1] })).backward())).toMatchInlineSnapshot(`
    "GradientError RULE_RESULT
    broken: the vjp of input 0 gave 1; it must give a Tensor or null"
  `);
  expect(thrown(() => sum(broken({ vjp: [ones([3])] })).backward())).toMatchInlineSnapshot(`
    "GradientError COTANGENT_SHAPE
    broken: the vjp of input 0 gave shape [3], which does not sum to the input's [2]"
  `);
  const reading = elementwise("reading", { formula: (a) => (a.data > 0 ? a : mul(a, 2)), samples: [[1]] });
  expect(thrown(() => reading(leaf))).toMatchInlineSnapshot(`
    "TraceError TRACE_READ
    data: a formula is traced without numbers, so it cannot read or branch on them; use where(condition, a, b)"
  `);
});

describe("no wrong argument surfaces as anything but an AdjointError", () => {
  const arguments_ = [
    undefined,
    null,
    "a",
    {},
    0.5,
    [1],
    [-1],
    () => 1,
    tensor([1, 2]),
    x,
    tensor(1),
    value(1),
    int([1]),
  ];
  /** Definitions of ops, and tools of tests. */
  const excluded = new Set("elementwise defineOp withExecutor rand randn".split(" "));
  const functions = Object.entries(core).filter(
    ([name, fn]) => typeof fn === "function" && !String(fn).startsWith("class") && !excluded.has(name),
  ) as [string, (...args: never[]) => unknown][];

  test.each(functions)("%s", (_name, fn) => {
    for (const args of [[], ...arguments_.flatMap((a) => [[a], ...arguments_.map((b) => [a, b])])]) {
      let outcome: unknown;
      try {
        outcome = wrong(fn, ...args)();
      } catch (error) {
        outcome = error;
      }
      expect(outcome instanceof Error && !(outcome instanceof AdjointError) ? outcome : null).toBeNull();
    }
  });

  test("the excluded ones exist", () => {
    expect([...excluded].filter((name) => !(name in core))).toEqual([]);
  });
});
