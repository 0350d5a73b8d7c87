import { commonType, emitChecked, make } from "./apply.js";
import { applyToBatch, deepestBatch, insideBatchesOf } from "./batch.js";
import { zerosLike } from "./create.js";
import { allocate, type DType, dtypeOf, isTypedArray, type TypedArray } from "./dtype.js";
import { ArgumentError, describe, GradientError } from "./errors.js";
import { type Emit, withRecording } from "./node.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";
import type { View } from "./storage.js";
import type { CustomGradientDefinition, OpContext, OpDefinition, StructuralOp } from "./structural.js";
import { tangentByTwoWalks } from "./tangent.js";
import { Tensor } from "./tensor.js";
import type { TensorOp } from "./tensor-node.js";

/** The node op behind a structural op: its definition, with results and cotangents checked. */
class StructuralRun<A extends readonly unknown[], T> implements TensorOp {
  readonly name: string;
  private readonly op: StructuralOp<A, T>;
  private readonly definition: OpDefinition<A, T> | CustomGradientDefinition<A, T>;

  constructor(op: StructuralOp<A, T>) {
    this.name = op.name;
    this.op = op;
    this.definition = op.definition;
  }

  /** Computes the op and records it. */
  apply(inputs: readonly Tensor[], attributes: T): Tensor {
    if (!("shape" in this.definition)) return this.applyCustom(this.definition, inputs, attributes);
    const { shape: shapeOf, dtype: typeOf = commonType, forward, vjp } = this.definition;
    const shape = shapeOf(inputs, attributes);
    const dtype = typeOf(inputs, attributes);
    const batch = deepestBatch(inputs);
    const storage =
      batch === null
        ? this.storage(forward(inputs, attributes, shape, dtype), shape, dtype)
        : applyToBatch(this.op, inputs, attributes, batch, shape, dtype);
    return make(this, storage, shape, dtype, inputs, attributes, vjp !== undefined);
  }

  /** The forward computation runs on the inputs as they are, so a vmap around it passes through its ops. */
  private applyCustom({ forward }: CustomGradientDefinition<A, T>, inputs: readonly Tensor[], attributes: T): Tensor {
    const out: unknown = withRecording(false, () => forward(inputs, attributes));
    if (out instanceof Tensor) return make(this, out.contents, out.shape, out.dtype, inputs, attributes);
    throw new ArgumentError("FORWARD_RESULT", `${this.name}: forward gave ${describe(out)}; it must give a Tensor`);
  }

  private storage(computed: TypedArray | Tensor, shape: Shape, dtype: DType): TypedArray | View {
    if (computed instanceof Tensor) return computed.view ?? computed.data;
    if (!isTypedArray(computed) || computed.length !== sizeOf(shape)) {
      const got = isTypedArray(computed) ? `${computed.length} elements` : describe(computed);
      throw new ArgumentError(
        "FORWARD_RESULT",
        `${this.name}: forward gave ${got}; for the shape ${formatShape(shape)} it must give a typed array of ${sizeOf(shape)} elements`,
      );
    }
    if (dtypeOf(computed) === dtype || (dtype === "bool" && computed instanceof Uint8Array)) return computed;
    const converted = allocate(dtype, computed.length);
    converted.set(computed);
    return converted;
  }

  backward(node: Tensor, cotangent: Tensor, emit: Emit): void {
    const results = insideBatchesOf(node, () => this.definition.vjp?.(cotangent, this.context(node)));
    if (!Array.isArray(results) || results.length !== node.inputs.length) {
      throw new GradientError(
        "RULE_RESULT",
        `${this.name}: vjp must return an array with one cotangent (or null) for each of the ${node.inputs.length} inputs`,
      );
    }
    results.forEach((g: Tensor | null, i) => {
      if (g !== null && node.inputs[i].requiresGrad) emitChecked(this.name, node, i, g, emit);
    });
  }

  tangent(node: Tensor, tangents: readonly (Tensor | null)[]): Tensor | null {
    return insideBatchesOf(node, () => this.tangentInside(node, tangents));
  }

  private tangentInside(node: Tensor, tangents: readonly (Tensor | null)[]): Tensor | null {
    const { jvp } = this.definition;
    if (typeof jvp === "function") return jvp(tangents, this.context(node));
    if (jvp === "linear") {
      const inputs = node.inputs as readonly Tensor[];
      const filled = tangents.map((t, i) => t ?? zerosLike(inputs[i]));
      return this.apply(filled, node.attributes as T);
    }
    return tangentByTwoWalks((g) => this.definition.vjp?.(g, this.context(node)) ?? [], node, tangents);
  }

  private context(node: Tensor): OpContext<T> {
    return {
      inputs: node.inputs as readonly Tensor[],
      output: node,
      attributes: node.attributes as T,
      needs: node.inputs.map((input) => input.requiresGrad),
    };
  }
}

/** Computes a structural op on tensors. */
export function applyStructural<A extends readonly unknown[], T>(
  op: StructuralOp<A, T>,
  inputs: readonly Tensor[],
  attributes: T,
): Tensor {
  if (op.run instanceof StructuralRun) return op.run.apply(inputs, attributes);
  const run = new StructuralRun(op);
  op.run = run;
  return run.apply(inputs, attributes);
}
