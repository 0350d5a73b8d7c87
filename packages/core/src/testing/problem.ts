import { gradients } from "../autograd.js";
import { ArgumentError, describe, DTypeError } from "../errors.js";
import { isFloating } from "../dtype.js";
import { lift, lower } from "../lift.js";
import { enableGrad, Node, noGrad } from "../node.js";
import { concat } from "../ops/join.js";
import { reshape } from "../ops/shape.js";
import { Tensor } from "../tensor.js";
import { jvp } from "../transforms/jvp.js";
import { Value } from "../value.js";

/** A function under test: it takes the list of its inputs, Tensors and Values, and returns one or several of them. */
export type Differentiable = (inputs: readonly Node[]) => Node | readonly Node[];

/**
 * A function seen by the checkers: from float64 arrays to one float64 array. Integer and bool inputs are held as they
 * are, integer and bool results left out; a Value is an array of one.
 */
export interface Problem {
  /** The inputs that are differentiated: their place among the arguments and their contents. */
  readonly variables: readonly Tensor[];
  readonly places: readonly number[];
  /** All result elements at the given contents of the variables. */
  evaluate(contents: readonly Float64Array[]): Float64Array;
  /** Reverse mode: the gradients of `⟨cotangent, result⟩`. */
  reverse(cotangent: Float64Array): Float64Array[];
  /** Forward mode: the derivative of the result along `direction`. */
  forward(direction: readonly Float64Array[]): Float64Array;
}

/**
 * @throws DTypeError `GRADCHECK_DTYPE` for float32 inputs or results, whose rounding hides wrong gradients; ArgumentError
 * `FUNCTION_RESULT`, `OPERAND_KIND`, `NO_VARIABLES`.
 */
export function problemOf(name: string, fn: Differentiable, inputs: readonly Node[]): Problem {
  const places = inputs.flatMap((input, i) => (isVariable(name, input, i) ? [i] : []));
  if (places.length === 0) {
    throw new ArgumentError("NO_VARIABLES", `${name}: no input is floating, so there is nothing to differentiate`);
  }
  const variables = places.map((i) => contentsOf(inputs[i]));
  const call = (given: readonly Tensor[]): Tensor => joined(name, fn(argumentsFor(inputs, places, given)));
  return {
    variables,
    places,
    evaluate: (contents) => elements(noGrad(() => call(contents.map((data, i) => like(variables[i], data))))),
    reverse: (cotangent) => {
      const leaves = variables.map((x) => leafLike(x));
      const out = enableGrad(() => call(leaves));
      if (!out.requiresGrad) return leaves.map((x) => new Float64Array(x.size));
      return gradients(out, leaves, { cotangents: [like(out, cotangent)], allowUnused: true }).map(elements);
    },
    forward: (direction) => {
      const tangents = direction.map((data, i) => like(variables[i], data));
      return elements(jvp((...leaves: Tensor[]) => call(leaves), variables as Tensor[], tangents).tangent);
    },
  };
}

function isVariable(name: string, input: Node, index: number): boolean {
  if (input instanceof Value) return true;
  if (!(input instanceof Tensor)) {
    throw new ArgumentError("OPERAND_KIND", `${name}: input ${index} is ${describe(input)}; use Tensors and Values`);
  }
  if (input.dtype === "float32") {
    throw new DTypeError(
      "GRADCHECK_DTYPE",
      `${name}: input ${index} is float32, whose rounding hides wrong gradients; use float64, as in x.to("float64")`,
    );
  }
  return isFloating(input.dtype);
}

function contentsOf(input: Node): Tensor {
  if (input instanceof Tensor) return input.detach();
  return new Tensor(Float64Array.of((input as Value).number), [], "float64");
}

/** The arguments with the variables replaced, as Values where the originals were. */
function argumentsFor(inputs: readonly Node[], places: readonly number[], given: readonly Tensor[]): Node[] {
  const all = inputs.slice();
  places.forEach((place, i) => (all[place] = inputs[place] instanceof Value ? lower(given[i]) : given[i]));
  return all;
}

/** All floating results as one vector. */
function joined(name: string, result: Node | readonly Node[]): Tensor {
  const parts = (Array.isArray(result) ? (result as readonly unknown[]) : [result]).flatMap((part): Tensor[] => {
    if (!(part instanceof Node)) {
      throw new ArgumentError(
        "FUNCTION_RESULT",
        `${name}: the function returned ${describe(part)}; return Tensors or Values`,
      );
    }
    const x = part instanceof Tensor ? part : lift(part as Value, "float64");
    if (x.dtype === "float32") {
      throw new DTypeError(
        "GRADCHECK_DTYPE",
        `${name}: the function returned float32 for float64 inputs; keep float64`,
      );
    }
    return isFloating(x.dtype) ? [reshape(x, [x.size])] : [];
  });
  if (parts.length === 0) return new Tensor(new Float64Array(0), [0], "float64");
  return parts.length === 1 ? parts[0] : concat(parts);
}

function like(x: Tensor, data: Float64Array): Tensor {
  return new Tensor(data, x.shape, "float64");
}

function leafLike(x: Tensor): Tensor {
  return new Tensor(x.view ?? x.data, x.shape, "float64", null, null, undefined, true);
}

function elements(x: Tensor): Float64Array {
  return Float64Array.from(x.data);
}
