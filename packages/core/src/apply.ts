// First, since values and elementwise ops need each other, and only in this order can both be loaded.
import { Value } from "./value.js";
import { inspect, isWatching } from "./anomaly.js";
import { alignedExamples, deepestBatch, sumOverExamples } from "./batch.js";
import { type DType, dtypeOfNumber, allocate, isFloating, promote } from "./dtype.js";
import { describe, GradientError } from "./errors.js";
import { runMap } from "./executor.js";
import type { Derived, Formula } from "./formula.js";
import { lift } from "./lift.js";
import { type Emit, isRecording, withRecording } from "./node.js";
import type { ElementwiseOp, Operand } from "./op.js";
import { add } from "./ops/arithmetic.js";
import { cast } from "./ops/cast.js";
import { sumTo } from "./ops/sum-to.js";
import type { ResultKind } from "./scalar.js";
import { broadcastShapes, sameShape, type Shape } from "./shape.js";
import { Tensor } from "./tensor.js";
import type { TensorOp } from "./tensor-node.js";

/**
 * A formula mapped over tensors: the node op behind every elementwise op and, for its derivatives,
 * behind their rules.
 */
export class MapOp implements TensorOp {
  readonly name: string;
  readonly formula: Formula;
  private readonly rule: (index: number) => Derived | null;
  private readonly result: ResultKind;
  private readonly rules: (MapRule | null | undefined)[] = [];

  constructor(name: string, formula: Formula, rule: (index: number) => Derived | null, result = formula.result) {
    this.name = name;
    this.formula = formula;
    this.rule = rule;
    this.result = result;
  }

  /** Computes the op on tensors of broadcasting shapes and records it. */
  apply(inputs: readonly Tensor[], dtype: DType | null = null): Tensor {
    let shape = inputs[0].shape;
    for (let i = 1; i < inputs.length; i++) {
      if (inputs[i].shape !== shape && !sameShape(inputs[i].shape, shape)) {
        shape = broadcastShapes(
          this.name,
          inputs.map((x) => x.shape),
        );
        break;
      }
    }
    const type = dtype ?? this.resultType(inputs);
    const batch = deepestBatch(inputs);
    if (batch !== null) {
      const examples = withRecording(false, () => this.apply(alignedExamples(inputs, batch, shape.length), type));
      return make(this, { examples, id: batch.id }, shape, type, inputs, undefined);
    }
    return make(this, runMap(this.formula, inputs, shape, type), shape, type, inputs, undefined);
  }

  private resultType(inputs: readonly Tensor[]): DType {
    const { result } = this;
    if (result === "bool") return "bool";
    const common = commonType(inputs);
    return result === "float" && !isFloating(common) ? "float32" : common;
  }

  backward(node: Tensor, cotangent: Tensor, emit: Emit): void {
    const inputs = node.inputs as readonly Tensor[];
    for (let i = 0; i < inputs.length; i++) {
      if (!inputs[i].requiresGrad) continue;
      const g = this.along(i, node, cotangent);
      if (g !== null) emitChecked(this.name, node, i, g, emit);
    }
  }

  tangent(node: Tensor, tangents: readonly (Tensor | null)[]): Tensor | null {
    let total: Tensor | null = null;
    tangents.forEach((t, i) => {
      const part = t && this.along(i, node, t);
      if (part) total = total ? add(total, part) : part;
    });
    return total;
  }

  /** The derivative with respect to input `index`, times `g`. */
  private along(index: number, node: Tensor, g: Tensor): Tensor | null {
    let rule = this.rules[index];
    if (rule === undefined) {
      const derived = this.rule(index);
      rule = derived && { uses: derived.uses, op: derivedOp(derived), passes: derived.formula.steps.length === 0 };
      this.rules[index] = rule;
    }
    if (rule === null) return null;
    if (rule.passes && rule.uses[0] > node.inputs.length) return g;
    const known = [...(node.inputs as readonly Tensor[]), node, g];
    if (rule.passes) return known[rule.uses[0]];
    return rule.op.apply(
      rule.uses.map((i) => known[i]),
      g.dtype,
    );
  }
}

interface MapRule {
  readonly op: MapOp;
  readonly uses: readonly number[];
  /** The cotangent passes unchanged, as through an addition. */
  readonly passes: boolean;
}

function derivedOp({ formula }: Derived): MapOp {
  return new MapOp(formula.name, formula, (index) => formula.pullback(index));
}

function mapOpOf(op: ElementwiseOp): MapOp {
  if (op.map instanceof MapOp) return op.map;
  const map = new MapOp(op.name, op.formula, (index) => op.pullback(index), op.result);
  op.map = map;
  return map;
}

/** Computes an elementwise op on operands of which at least one is a tensor. */
export function applyElementwise(op: ElementwiseOp, operands: readonly Operand[]): Tensor {
  const map = mapOpOf(op);
  for (let i = 0; i < operands.length; i++) {
    if (!(operands[i] instanceof Tensor)) return map.apply(asTensors(operands, op.result));
  }
  return map.apply(operands as readonly Tensor[]);
}

function asTensors(operands: readonly Operand[], result: ResultKind): Tensor[] {
  const other = commonType(operands.filter((x) => x instanceof Tensor));
  return operands.map((x) => {
    if (x instanceof Tensor) return x;
    if (x instanceof Value) return lift(x, isFloating(other) ? other : "float32");
    // What computes in fractions takes the number as it is: -1 beside uint8 would be 255.
    const dtype = result === "float" && !isFloating(other) ? "float32" : dtypeOfNumber(x, other);
    // Beside integers it keeps its value too: 3e9 beside int32 is larger than all of them.
    const data = isFloating(dtype) ? allocate(dtype, 1) : new Float64Array(1);
    data[0] = x;
    return new Tensor(data, [], dtype);
  });
}

/** The promoted dtype; a scalar tensor counts only when it is of a higher kind (floating beside integer) than the others. */
export function commonType(inputs: readonly Tensor[]): DType {
  let common = inputs[0].dtype;
  let ranked = inputs[0].shape.length > 0;
  for (let i = 1; i < inputs.length; i++) {
    const { dtype, shape } = inputs[i];
    if (dtype === common) ranked ||= shape.length > 0;
    else if (ranked === shape.length > 0) common = promote(common, dtype);
    else {
      const [strong, weak]: [DType, DType] = ranked ? [common, dtype] : [dtype, common];
      common = kindOf(weak) > kindOf(strong) ? weak : strong;
      ranked = true;
    }
  }
  return common;
}

const kindOf = (dtype: DType): number => (dtype === "bool" ? 0 : isFloating(dtype) ? 2 : 1);

/** A result with its place in the graph, if any input asks for gradients. */
export function make(
  op: TensorOp,
  storage: ConstructorParameters<typeof Tensor>[0],
  shape: Shape,
  dtype: DType,
  inputs: readonly Tensor[],
  attributes: unknown,
  differentiable = true,
): Tensor {
  let recorded = false;
  if (differentiable && isRecording() && isFloating(dtype)) {
    for (let i = 0; i < inputs.length; i++) recorded ||= inputs[i].requiresGrad;
  }
  const out = recorded
    ? new Tensor(storage, shape, dtype, op, inputs, attributes, true)
    : new Tensor(storage, shape, dtype);
  if (isWatching()) {
    // Of a batch the examples were looked at by themselves.
    const elements = (x: Tensor): ArrayLike<number> => (x.batch === null && isFloating(x.dtype) ? x.data : []);
    inspect(op.name, out, { shape, elements: elements(out) }, inputs.map(elements));
  }
  return out;
}

/** Emits a cotangent in the shape and dtype of the input, or says what the rule did wrong. */
export function emitChecked(name: string, node: Tensor, index: number, cotangent: Tensor, emit: Emit): void {
  const input = node.inputs[index] as Tensor;
  if (!(cotangent instanceof Tensor)) {
    throw new GradientError(
      "RULE_RESULT",
      `${name}: the vjp of input ${index} gave ${describe(cotangent)}; it must give a Tensor or null`,
    );
  }
  let g = sumOverExamples(cotangent, input);
  if (!sameShape(g.shape, input.shape)) g = sumTo(g, input.shape, name, index);
  if (g.dtype !== input.dtype) g = cast(g, input.dtype);
  emit(index, g);
}
