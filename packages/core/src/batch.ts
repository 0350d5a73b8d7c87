import { full } from "./create.js";
import type { DType } from "./dtype.js";
import { ArgumentError, describe } from "./errors.js";
import { make } from "./apply.js";
import { type Node, now, withRecording } from "./node.js";
import { cast } from "./ops/cast.js";
import { sum } from "./ops/reduce.js";
import { stack } from "./ops/join.js";
import { expand, permute, reshape, transpose, unsqueeze } from "./ops/shape.js";
import { slice } from "./ops/slice.js";
import { formatShape, sameShape, type Shape } from "./shape.js";
import type { Batch } from "./storage.js";
import type { StructuralOp } from "./structural.js";
import { Tensor } from "./tensor.js";
import type { TensorOp } from "./tensor-node.js";

/** The vmaps that are running, by number; a larger number is nested deeper. */
const running: number[] = [];

/** Runs `fn` as the body of a new vmap and gives it its number: larger than those of the nodes made before. */
export function insideVmap<T>(fn: (id: number) => T): T {
  const id = now();
  running.push(id);
  try {
    return fn(id);
  } finally {
    running.pop();
  }
}

/** Whether the vmap of a batch is still running. */
export function isRunning({ id }: Batch): boolean {
  return running.includes(id);
}

/**
 * The deepest batch among the inputs, or null when none stands for examples. A tensor can stand for the examples of several
 * vmaps: the deepest is the outermost of its batches, also where a pullback from a vmap that has ended runs in a later one.
 */
export function deepestBatch(inputs: readonly Tensor[]): Batch | null {
  let deepest: Batch | null = null;
  for (let i = 0; i < inputs.length; i++) {
    const { batch } = inputs[i];
    if (batch !== null && (deepest === null || batch.id > deepest.id)) deepest = batch;
  }
  return deepest;
}

/** The examples of `x` in a batch along axis 0; one tensor that is the same for all is repeated, as a view. */
function examplesOf(x: Tensor, { examples, id }: Batch): Tensor {
  if (x.batch?.id === id) return x.batch.examples;
  return expand(unsqueeze(x, 0), [examples.shape[0], ...x.shape]);
}

/** The operands of an elementwise op, so shaped that the axes of one example broadcast as they would by themselves. */
export function alignedExamples(inputs: readonly Tensor[], { id }: Batch, rank: number): Tensor[] {
  return inputs.map((x) => {
    if (x.batch?.id !== id) return x;
    const { examples } = x.batch;
    if (x.ndim === rank) return examples;
    const missing = new Array<number>(rank - x.ndim).fill(1);
    return reshape(examples, [examples.shape[0], ...missing, ...x.shape]);
  });
}

/** One axis moved to another place, the others in their order. */
export function moveAxisTo(x: Tensor, from: number, to: number): Tensor {
  if (from === to) return x;
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return permute(x, order);
}

const warned = new Set<string>();

/** A structural op on a batch: by its rule, or, without one, on one example after the other. */
export function applyToBatch<A extends readonly unknown[], T>(
  op: StructuralOp<A, T>,
  inputs: readonly Tensor[],
  attributes: T,
  batch: Batch,
  shape: Shape,
  dtype: DType,
): Batch {
  const rule = "batch" in op.definition ? op.definition.batch : undefined;
  const size = batch.examples.shape[0];
  const result = withRecording(false, () => {
    const all = inputs.map((x) => examplesOf(x, batch));
    if (rule === "front") return op.apply(all, attributes);
    if (rule) return rule(all, attributes, { size, batched: inputs.map((x) => x.batch?.id === batch.id) });
    return oneByOne(op, all, attributes, size, shape, dtype);
  });
  if (!(result instanceof Tensor) || !sameShape(result.shape, [size, ...shape])) {
    const got = result instanceof Tensor ? `shape ${formatShape(result.shape)}` : describe(result);
    throw new ArgumentError(
      "RULE_RESULT",
      `${op.name}: the batch rule gave ${got}; for ${size} examples it must give a tensor of shape ${formatShape([size, ...shape])}`,
    );
  }
  return { examples: result.dtype === dtype ? result : cast(result, dtype), id: batch.id };
}

function oneByOne<A extends readonly unknown[], T>(
  op: StructuralOp<A, T>,
  all: readonly Tensor[],
  attributes: T,
  size: number,
  shape: Shape,
  dtype: DType,
): Tensor {
  if (!warned.has(op.name)) {
    warned.add(op.name);
    // oxlint-disable-next-line no-console -- a slow way is taken that the user can mend, and nothing else would say so
    console.warn(`vmap: ${op.name} has no batch rule, so its examples are computed one after the other`);
  }
  if (size === 0) return full([0, ...shape], 0, { dtype });
  return stack(
    Array.from({ length: size }, (_, i) =>
      op.apply(
        all.map((x) => slice(x, i)),
        attributes,
      ),
    ),
  );
}

/** Computes by other ops what is one node of the graph. */
function record(op: TensorOp, x: Tensor, attributes: unknown, compute: () => Tensor): Tensor {
  const out = withRecording(false, compute);
  return make(op, out.contents, out.shape, out.dtype, [x], attributes);
}

const BATCH: TensorOp = {
  name: "batch",
  backward: (node, g, emit) => emit(0, unbatch(g, node.attributes as Batch)),
  tangent: (node, [t]) => t && batched(t, (node.attributes as Batch).id),
};

/** A tensor whose axis 0 holds the examples of a vmap, as one that stands for all of them. */
export function batched(x: Tensor, id: number): Tensor {
  const batch: Batch = { examples: x, id };
  return record(BATCH, x, batch, () => batchInside(x, batch));
}

function batchInside(x: Tensor, batch: Batch): Tensor {
  if (x.batch === null || x.batch.id < batch.id) {
    return new Tensor({ examples: x, id: batch.id }, x.shape.slice(1), x.dtype);
  }
  const examples = batchInside(transpose(x.batch.examples, 0, 1), batch);
  return new Tensor({ examples, id: x.batch.id }, x.shape.slice(1), x.dtype);
}

const UNBATCH: TensorOp = {
  name: "unbatch",
  backward: (node, g, emit) =>
    emit(0, sumOverExamples(batched(g, (node.attributes as Batch).id), node.inputs[0] as Tensor)),
  tangent: (node, [t]) => t && unbatch(t, node.attributes as Batch),
};

/** The way back: the examples for which `x` stands in a batch, along a new axis 0. */
export function unbatch(x: Tensor, batch: Batch): Tensor {
  return record(UNBATCH, x, batch, () => examplesInside(x, batch));
}

function examplesInside(x: Tensor, batch: Batch): Tensor {
  if (x.batch === null || x.batch.id <= batch.id) return examplesOf(x, batch);
  // A batch of a deeper vmap lies around this one: under its axis, the new one is axis 1.
  const inner = transpose(examplesInside(x.batch.examples, batch), 0, 1);
  return new Tensor({ examples: inner, id: x.batch.id }, inner.shape.slice(1), inner.dtype);
}

/** `x`, which is the same for all examples of a batch, as one tensor for each of them. */
function repeated(x: Tensor, { examples, id }: Batch): Tensor {
  return batched(expand(unsqueeze(x, 0), [examples.shape[0], ...x.shape]), id);
}

/** The batches of a tensor, the outermost first. */
function batchesOf(x: Tensor): Batch[] {
  const batches: Batch[] = [];
  for (let { batch } = x; batch !== null; batch = batch.examples.batch) batches.push(batch);
  return batches;
}

/** `x` as a tensor that stands for all examples for which `other` does. */
export function repeatedAs(x: Tensor, other: Tensor): Tensor {
  const own = batchesOf(x).map(({ id }) => id);
  return batchesOf(other).reduce((all, batch) => (own.includes(batch.id) ? all : repeated(all, batch)), x);
}

const SUM_EXAMPLES: TensorOp = {
  name: "sumExamples",
  backward: (node, g, emit) => emit(0, repeated(g, node.attributes as Batch)),
  tangent: (node, [t]) => t && sumExamples(t, node.attributes as Batch),
};

function sumExamples(x: Tensor, batch: Batch): Tensor {
  return record(SUM_EXAMPLES, x, batch, () => sum(examplesInside(x, batch), { axis: 0 }));
}

/**
 * The cotangent of an input that is the same for all examples of a vmap that has ended: the sum over them. While the vmap
 * runs, each example keeps its own.
 */
export function sumOverExamples(g: Tensor, input: Tensor): Tensor {
  if (g.batch === null) return g;
  const own = batchesOf(input).map(({ id }) => id);
  const ended = batchesOf(g).filter((batch) => !isRunning(batch) && !own.includes(batch.id));
  return ended.reduce(sumExamples, g);
}

/**
 * The cotangent that a leaf keeps in a walk from `root`: for one that is older than the vmap around the walk the sum over the
 * examples, which a loop over them would leave.
 */
export function sumForLeaf(g: Tensor, root: Node, leaf: Node): Tensor {
  const all = root instanceof Tensor ? repeatedAs(g, root) : g;
  return batchesOf(all)
    .filter((batch) => batch.id > leaf.id && isRunning(batch))
    .reduce(sumExamples, all);
}
