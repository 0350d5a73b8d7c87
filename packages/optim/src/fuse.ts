import { ArgumentError, ElementwiseOp, type Tensor, type Value, value } from "@adjoint/core";

/** Scalars by name, as a formula takes them apart: `({ gradient, lr }) => mul(lr, gradient)`. */
export type Names = Readonly<Record<string, Value>>;

/** A formula over named scalars. */
export type NamedFormula = (names: Names) => Value;

/** A formula as one pass over tensors: it reads those that the formula uses, and nothing else. */
export interface Fused {
  readonly name: string;
  /** The names that the formula uses. */
  readonly uses: readonly string[];
  /** The formula on the tensors of those names, in their order, which broadcast. */
  run(operands: readonly Tensor[]): Tensor;
}

/**
 * Traces a formula once, over those of the `known` names that it asks for.
 *
 * @throws ArgumentError `FORMULA_CONSTANT` when it asks for none.
 */
export function fuse(name: string, known: readonly string[], formula: NamedFormula): Fused {
  const uses = usedNames(known, formula);
  if (uses.length === 0) {
    throw new ArgumentError(
      "FORMULA_CONSTANT",
      `${name}: the formula uses none of ${known.join(", ")}; use at least one`,
    );
  }
  // Named operands are what an elementwise op calls its options; here they are tensors.
  const operands = Object.fromEntries(uses.map((use) => [use, 0]));
  const op = new ElementwiseOp(name, (names: unknown) => formula(names as Names), operands, { samples: [] });
  return { name, uses, run: (tensors) => tensors[0].elementwise(op, tensors) };
}

function usedNames(known: readonly string[], formula: NamedFormula): string[] {
  const used = new Set<string>();
  const names = {};
  for (const name of known) {
    Object.defineProperty(names, name, {
      get: () => {
        used.add(name);
        return value(0);
      },
    });
  }
  formula(names);
  return known.filter((name) => used.has(name));
}
