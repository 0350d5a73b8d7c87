import { expect, test } from "vitest";
import * as core from "./index.js";
import {
  AdjointError,
  defineOp,
  grad,
  jvp,
  mul,
  ones,
  sum,
  type Tensor,
  tensor,
  value,
  vjp,
  vmap,
  zeros,
} from "./index.js";

/** Class, code and message of the AdjointError that `run` throws. */
function thrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
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

test("mistakes with elementwise ops, reductions and scans", () => {
  expect(thrown(wrong(core.clamp, x, {}))).toMatchInlineSnapshot(`
    "ArgumentError BOUNDS_MISSING
    clamp: got no bound; give min, max or both, as in { min: 0, max: 1 }"
  `);
  expect(thrown(wrong(core.gelu, x, { approximate: "erf" }))).toMatchInlineSnapshot(`
    "ArgumentError CHOICE_INVALID
    gelu: approximate is "erf"; use "none" or "tanh""
  `);
  expect(thrown(() => core.bitwiseAnd(x, 1))).toMatchInlineSnapshot(`
    "DTypeError DTYPE_INTEGER
    bitwiseAnd: takes int32, uint8 or bool, not float32; convert it with x.to("int32")"
  `);
  expect(thrown(() => core.atan2(x, ones([4])))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    atan2: [2, 3] and [4] do not broadcast: sizes 3 and 4 differ on axis -1; make them equal or one of them 1 (reshape, unsqueeze)"
  `);
  expect(thrown(wrong(core.softplus, x, { beta: "1" }))).toMatchInlineSnapshot(`
    "ArgumentError OPTION_KIND
    softplus: beta is "1"; use a number"
  `);
  expect(thrown(() => core.quantile(x, 1.5))).toMatchInlineSnapshot(`
    "ArgumentError NUMBER_INVALID
    quantile: q is 1.5; use a finite number from 0 to 1"
  `);
  expect(thrown(wrong(core.variance, x, { unbiased: false }))).toMatchInlineSnapshot(`
    "ArgumentError OPTION_UNKNOWN
    variance: unknown option "unbiased"; it takes axis, keepDims, correction"
  `);
  expect(thrown(wrong(core.norm, x, { p: "nuc" }))).toMatchInlineSnapshot(`
    "ArgumentError NORM_ORDER
    norm: p is "nuc"; use a number, such as 2, 1 or Infinity"
  `);
  expect(thrown(() => core.cumsum(x, 2))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    cumsum: axis 2 of [2, 3]: there are 2 axes; use an integer from -2 to 1"
  `);
  expect(thrown(() => core.prod(x, { axis: [0, 0] }))).toMatchInlineSnapshot(`
    "ShapeError AXIS_REPEATED
    prod: axis 0 is named twice in [0, 0]"
  `);
  expect(thrown(() => core.bincount(int([-1])))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    bincount: there is -1 in x; use integers >= 0"
  `);
  expect(thrown(() => core.median(zeros([0])))).toMatchInlineSnapshot(`
    "ShapeError EMPTY_REDUCTION
    median: [0] has no elements along the reduced axes, and there is no median of nothing"
  `);
});

test("mistakes with shapes and indices", () => {
  expect(
    thrown(() =>
      core.pad(
        x,
        [
          [0, 0],
          [3, 0],
        ],
        { mode: "reflect" },
      ),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError PADDING_INVALID
    pad: [3, 0] along axis 1 of [2, 3]: mode "reflect" has elements for 2 cells at most"
  `);
  expect(thrown(() => core.roll(x, [1, 2], 0))).toMatchInlineSnapshot(`
    "ArgumentError ROLL_SHIFTS
    roll: 2 shifts for axes [0]; give one for each axis"
  `);
  expect(thrown(() => core.unflatten(x, 1, [2, 2]))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_SIZE
    unflatten: axis 1 of [2, 3] has 3 places, which do not fit [2, 2]; the product of the sizes must be the same"
  `);
  expect(thrown(() => core.repeat(x, [2]))).toMatchInlineSnapshot(`
    "ShapeError REPEATS_COUNT
    repeat: [2] for [2, 3]; give a count for each axis (tile fills up with 1)"
  `);
  expect(thrown(() => core.narrow(x, 1, 2, 2))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    narrow: 2 places from 2 on along axis 1 of [2, 3]; the axis ends at 3"
  `);
  expect(thrown(() => core.select(x, 0, 2))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    select: index 2 on axis 0 of [2, 3]; use an integer from -2 to 1"
  `);
  expect(thrown(() => core.chunk(x, 0))).toMatchInlineSnapshot(`
    "ArgumentError INTEGER_INVALID
    chunk: chunks is 0; use an integer from 1 to 65536"
  `);
  expect(thrown(() => core.moveAxis(x, [0, 1], 0))).toMatchInlineSnapshot(`
    "ShapeError AXES_INVALID
    moveAxis: [0, 1] to [0]; name as many places as axes"
  `);
  expect(thrown(() => core.fromBuffer(new ArrayBuffer(5), [2]))).toMatchInlineSnapshot(`
    "ShapeError BUFFER_SIZE
    fromBuffer: [2] of float32 takes 8 bytes from byte 0 on; there are 5 in all"
  `);
  expect(thrown(() => core.topk(x, 4))).toMatchInlineSnapshot(`
    "ArgumentError INTEGER_INVALID
    topk: k is 4; use an integer from 0 to 3"
  `);
  expect(thrown(() => core.scatterAdd(x, tensor([[0, 3]], { dtype: "int32" }), ones([1, 2]), 1)))
    .toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    scatterAdd: index 3 at place 1; there are 3 entries along the axis"
  `);
  expect(thrown(() => core.maskedFill(x, x, 0))).toMatchInlineSnapshot(`
    "DTypeError MASK_DTYPE
    maskedFill: the mask is float32; use a bool tensor, as gt(x, 0) or x.to("bool") give"
  `);
  expect(thrown(() => core.embedding(int([3]), x))).toMatchInlineSnapshot(`
    "IndexError INDEX_OUT_OF_RANGE
    embedding: index 3 at place 0; the table has 2 rows"
  `);
  expect(thrown(() => core.searchsorted(x, ones([3, 1])))).toMatchInlineSnapshot(`
    "ShapeError SHAPE_MISMATCH
    searchsorted: values [3, 1] in sorted [2, 3]; use one sorted vector, or values of as many axes with the same sizes in front of the last"
  `);
});

test("mistakes with matrices, transforms of signals and neural ops", () => {
  expect(
    thrown(() =>
      core.inverse(
        tensor([
          [1, 2],
          [2, 4],
        ]),
      ),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError MATRIX_SINGULAR
    inverse: the matrix is singular; add a multiple of the identity, or use pinv"
  `);
  expect(thrown(() => core.solve(x, ones([2])))).toMatchInlineSnapshot(`
    "ShapeError MATRIX_NOT_SQUARE
    solve: the matrices of [2, 3] are not square; it takes [..., n, n]"
  `);
  expect(
    thrown(() =>
      core.cholesky(
        tensor([
          [1, 2],
          [2, 1],
        ]),
      ),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError MATRIX_NOT_POSITIVE_DEFINITE
    cholesky: the matrix is not positive definite (its first 2 rows and columns are not); add a multiple of the identity"
  `);
  expect(thrown(() => core.det(int([1])))).toMatchInlineSnapshot(`
    "DTypeError DTYPE_FLOATING
    det: takes float32 or float64, not int32; convert it with x.to("float32")"
  `);
  expect(thrown(() => core.einsum("ij,jk->ik", x, x))).toMatchInlineSnapshot(`
    "ShapeError EINSUM_SIZES
    einsum: "ij,jk->ik": axis "j" has size 2 in operand 1 of shape [2, 3], but 3 elsewhere; make them equal"
  `);
  expect(thrown(() => core.einsum("ij->il", x))).toMatchInlineSnapshot(`
    "ArgumentError EINSUM_SUBSCRIPTS
    einsum: "ij->il" names "l" in the result, but in no operand"
  `);
  expect(thrown(() => core.tensordot(x, x, 1))).toMatchInlineSnapshot(`
    "ShapeError CONTRACTION_SIZES
    tensordot: [2, 3] and [2, 3]: sizes 3 of axis 1 and 2 of axis 0 differ"
  `);
  expect(thrown(() => core.fft(x))).toMatchInlineSnapshot(`
    "ShapeError PAIRS_EXPECTED
    fft: the shape is [2, 3]; complex numbers are pairs of a real and an imaginary part along a last axis of size 2, behind at least one axis; stack([re, im], -1) makes them"
  `);
  expect(thrown(() => core.interpolate(ones([1, 1, 4]), { scaleFactor: 0 }))).toMatchInlineSnapshot(`
    "ArgumentError SCALE_FACTOR_INVALID
    interpolate: scaleFactor 0; use a number above 0, or 1 of them"
  `);
  expect(thrown(() => core.gridSample(ones([1, 1, 4, 4]), ones([1, 2, 2, 3])))).toMatchInlineSnapshot(`
    "ShapeError GRID_SHAPE
    gridSample: the grid has shape [1, 2, 2, 3]; for the input [1, 1, 4, 4] it must be [1, outHeight, outWidth, 2]"
  `);
  expect(thrown(() => core.pixelShuffle(ones([3, 2, 2]), 2))).toMatchInlineSnapshot(`
    "ShapeError SHUFFLE_SHAPE
    pixelShuffle: [3, 2, 2] has 3 channels; for the factor 2 there must be a multiple of 4"
  `);
  expect(thrown(() => core.scaledDotProductAttention(x, x, ones([3, 4])))).toMatchInlineSnapshot(`
    "ShapeError ATTENTION_SHAPES
    scaledDotProductAttention: query [2, 3], key [2, 3], value [3, 4]; they must be […, L, E], […, S, E] and […, S, V]"
  `);
  expect(thrown(() => core.lpPool1d(ones([1, 4]), { kernelSize: 2 } as never))).toMatchInlineSnapshot(`
    "ArgumentError NORM_TYPE_INVALID
    lpPool1d: normType is undefined; use a finite number other than 0 (max pooling is the limit for large ones)"
  `);
});

test("mistakes with random numbers", () => {
  expect(thrown(() => core.randint(3, 3, [2]))).toMatchInlineSnapshot(`
    "ArgumentError RANGE_INVALID
    randint: from 3 to 3; use integers with low < high, for int32 from -2147483648 to 2147483648"
  `);
  expect(thrown(() => core.bernoulli(1.5, { shape: [2] }))).toMatchInlineSnapshot(`
    "ArgumentError PROBABILITY_INVALID
    bernoulli: p is 1.5; it must be from 0 to 1"
  `);
  expect(thrown(() => core.multinomial(tensor([0, 0]), 1))).toMatchInlineSnapshot(`
    "ArgumentError WEIGHTS_INVALID
    multinomial: row 0 of the weights has none above 0; use finite numbers of at least 0, not all of them 0"
  `);
  expect(thrown(() => core.multinomial(tensor([1, 1]), 3))).toMatchInlineSnapshot(`
    "ArgumentError COUNT_INVALID
    multinomial: 3 categories from row 0, where 2 have a weight; ask for fewer, or use { replacement: true }"
  `);
  expect(thrown(() => core.gamma(-1))).toMatchInlineSnapshot(`
    "ArgumentError CONCENTRATION_INVALID
    gamma: concentration is -1; it must be above 0 and finite"
  `);
  expect(thrown(() => core.truncatedNormal(0, 1, 2, 1))).toMatchInlineSnapshot(`
    "ArgumentError BOUNDS_INVALID
    truncatedNormal: low is 2 and high 1; use low <= high"
  `);
  expect(thrown(wrong(core.rand, [2], { generator: 1 }))).toMatchInlineSnapshot(`
    "ArgumentError GENERATOR_KIND
    rand: the generator is 1; give a Generator, as in { generator: new Generator(1) }"
  `);
});

test("mistakes with transforms", () => {
  expect(thrown(() => grad((a: Tensor) => a)(x))).toMatchInlineSnapshot(`
    "ShapeError NOT_SCALAR
    grad: the function returned shape [2, 3]; reduce it to one element (sum, mean), or use jacobian or vjp"
  `);
  expect(thrown(() => grad((a: Tensor) => sum(a).item() as never)(x))).toMatchInlineSnapshot(`
    "ArgumentError FUNCTION_RESULT
    grad: the function returned 6; return a Tensor of one element, or a Value"
  `);
  expect(
    thrown(
      wrong(
        grad((a: Tensor) => sum(a)),
        3,
      ),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError NO_PRIMALS
    grad: argument 0 is 3, which holds no Tensor or Value to differentiate by; make one with tensor(…) or value(…)"
  `);
  expect(thrown(() => grad(sum)(int([1])))).toMatchInlineSnapshot(`
    "ArgumentError GRADIENT_DTYPE
    grad: int32 tensors have no gradient; use float32 or float64"
  `);
  expect(thrown(wrong(grad, x))).toMatchInlineSnapshot(`
    "ArgumentError NOT_A_FUNCTION
    grad: an object of class Tensor is not a function; give one of Tensors and Values"
  `);
  expect(thrown(() => vmap((a: Tensor) => a.item() as never)(x))).toMatchInlineSnapshot(`
    "ShapeError NOT_SCALAR
    item: [3] has 3 elements, not one; reduce it first (sum, mean) or use toArray()"
  `);
  expect(thrown(() => vmap((a: Tensor, b: Tensor) => mul(a, b))(x, ones([3])))).toMatchInlineSnapshot(`
    "ShapeError BATCH_SIZE
    vmap: 3 examples on axis 0 of [3], but 2 in the tensors before; make them equal, or map it with null"
  `);
  expect(thrown(() => vmap((a: Tensor) => a, { inAxes: 2 })(x))).toMatchInlineSnapshot(`
    "ShapeError AXIS_OUT_OF_RANGE
    vmap: inAxes: axis 2 of [2, 3]: there are 2 axes; use an integer from -2 to 1"
  `);
  expect(thrown(() => vmap((a: Tensor) => core.nonzero(a))(x))).toMatchInlineSnapshot(`
    "TraceError BATCH_READ
    vmap: the elements of a tensor inside vmap cannot be read or branched on: it stands for all examples at once; use where(condition, a, b), or return it and read the result"
  `);
  expect(thrown(() => vjp((a) => a, [x]).pullback(ones([2])))).toMatchInlineSnapshot(`
    "ShapeError COTANGENT_SHAPE
    vjp: the cotangent has shape [2], the result [2, 3]; make them equal"
  `);
  expect(thrown(() => jvp((a) => a, [{ a: x }], [{ b: x } as never]))).toMatchInlineSnapshot(`
    "ArgumentError TANGENT_KIND
    jvp: tangent[0].a is undefined; its primal is a Tensor"
  `);
  expect(thrown(() => core.jacobian((a: Tensor) => a, { mode: "sideways" as never })(x))).toMatchInlineSnapshot(`
    "ArgumentError CHOICE_INVALID
    jacobian: mode is "sideways"; use "forward" or "reverse""
  `);
  expect(thrown(() => core.checkpoint(() => 3)())).toMatchInlineSnapshot(`
    "ArgumentError FUNCTION_RESULT
    checkpoint: the function returned 3; return Tensors, perhaps in arrays and objects"
  `);
  expect(thrown(() => core.detectAnomaly(() => value(0).data.toFixed(1) && core.log(zeros([1]))))).toContain("ANOMALY");
});

test("mistakes in ops of one's own", () => {
  const op = (
    vjp: never,
    forward: never = ((): Float64Array => new Float64Array(2)) as never,
  ): ((x: Tensor) => Tensor) =>
    defineOp<[x: Tensor], undefined>({ name: "mine", shape: () => [2], forward, vjp, samples: () => [] });
  const leaf = tensor([1, 2], { requiresGrad: true });
  expect(thrown(() => op(null as never, (() => [1, 2]) as never)(leaf))).toMatchInlineSnapshot(`
    "ArgumentError FORWARD_RESULT
    mine: forward gave an array; for the shape [2] it must give a typed array of 2 elements"
  `);
  expect(
    thrown(() =>
      op((() => null) as never)(leaf)
        .sum()
        .backward(),
    ),
  ).toMatchInlineSnapshot(`
    "GradientError RULE_RESULT
    mine: vjp must return an array with one cotangent (or null) for each of the 1 inputs"
  `);
  expect(
    thrown(() =>
      op((() => [3]) as never)(leaf)
        .sum()
        .backward(),
    ),
  ).toMatchInlineSnapshot(`
    "GradientError RULE_RESULT
    mine: the vjp of input 0 gave 3; it must give a Tensor or null"
  `);
  expect(
    thrown(() =>
      op((() => [ones([3])]) as never)(leaf)
        .sum()
        .backward(),
    ),
  ).toMatchInlineSnapshot(`
    "GradientError COTANGENT_SHAPE
    mine: the vjp of input 0 gave shape [3], which does not sum to the input's [2]"
  `);
  expect(thrown(wrong(core.compose, "f", 3))).toMatchInlineSnapshot(`
    "ArgumentError DEFINITION_KIND
    compose "f": takes a name, a function and samples, as in compose("twice", (x) => mul(x, 2), { samples: () => [[ones([2])]] })"
  `);
  expect(thrown(wrong(core.customGradient, { name: "g" }))).toMatchInlineSnapshot(`
    "ArgumentError DEFINITION_KIND
    customGradient "g": a definition has name, forward (which gives a tensor, computed with ops), vjp and samples"
  `);
});
