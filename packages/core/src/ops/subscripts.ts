import { ArgumentError, describe, ShapeError } from "../errors.js";
import { formatShape, type Shape } from "../shape.js";

/** The name of an axis in {@link parseSubscripts}: a letter, or `...1`, `...2` and so on for those of an ellipsis, from its end. */
export type Label = string;

/** What subscripts say about the operands at hand. */
export interface Subscripts {
  readonly operands: readonly (readonly Label[])[]; // the names of the axes of each operand
  readonly output: readonly Label[]; // those of the result
  /** The size of each: where a size of 1 meets another, the other. */
  readonly sizes: ReadonlyMap<Label, number>;
}

/**
 * Reads subscripts as `einsum` takes them: `ij,jk->ik`.
 *
 * @throws ArgumentError `EINSUM_SUBSCRIPTS` for what is no notation, `EINSUM_OPERANDS` for another number of operands; ShapeError
 * `EINSUM_RANK`, `EINSUM_SIZES`.
 */
export function parseSubscripts(subscripts: unknown, shapes: readonly Shape[]): Subscripts {
  if (typeof subscripts !== "string") {
    throw new ArgumentError("EINSUM_SUBSCRIPTS", `einsum: the subscripts are ${describe(subscripts)}; use "ij,jk->ik"`);
  }
  const [left, right, more] = subscripts.replaceAll(/\s/g, "").split("->");
  if (more !== undefined) throw wrong(subscripts, 'has two arrows; use one "->" at most');
  const terms = left.split(",");
  if (terms.length !== shapes.length) {
    throw new ArgumentError(
      "EINSUM_OPERANDS",
      `einsum: "${subscripts}" names ${terms.length} operands, and ${shapes.length} are given; separate them by commas`,
    );
  }
  const operands = terms.map((term, i) => operandLabels(subscripts, term, shapes[i], i));
  const sizes = sizesOf(subscripts, operands, shapes);
  const output = right === undefined ? implied(operands) : explicit(subscripts, right, sizes);
  return { operands, output, sizes };
}

function wrong(subscripts: string, what: string): ArgumentError {
  return new ArgumentError("EINSUM_SUBSCRIPTS", `einsum: "${subscripts}" ${what}`);
}

/** The letters and the ellipsis of one term. */
function tokensOf(subscripts: string, term: string): readonly string[] {
  const tokens: readonly string[] = term.match(/\.\.\.|./gu) ?? [];
  const odd = tokens.find((token) => !/^(?:\.\.\.|[A-Za-z])$/.test(token));
  if (odd !== undefined) throw wrong(subscripts, `has "${odd}" in it; use letters, "...", "," and one "->"`);
  if (tokens.indexOf("...") !== tokens.lastIndexOf("...")) throw wrong(subscripts, 'has "..." twice in one term');
  return tokens;
}

function operandLabels(subscripts: string, term: string, shape: Shape, index: number): Label[] {
  const tokens = tokensOf(subscripts, term);
  const dots = tokens.includes("...");
  const covered = shape.length - tokens.length + (dots ? 1 : 0);
  if (covered < 0 || (covered > 0 && !dots)) {
    throw new ShapeError(
      "EINSUM_RANK",
      `einsum: "${subscripts}": "${term}" for operand ${index} of shape ${formatShape(shape)}, which has ${shape.length} axes; ` +
        'name each of them by a letter, or those in front by "..."',
    );
  }
  return tokens.flatMap((token) => (token === "..." ? ellipsis(covered) : [token]));
}

/** The labels of so many axes under an ellipsis, counted from the end because there they meet. */
function ellipsis(count: number): Label[] {
  return Array.from({ length: count }, (_, i) => `...${count - i}`);
}

function sizesOf(
  subscripts: string,
  operands: readonly (readonly Label[])[],
  shapes: readonly Shape[],
): Map<Label, number> {
  const sizes = new Map<Label, number>();
  operands.forEach((labels, k) =>
    labels.forEach((label, axis) => {
      const size = shapes[k][axis];
      const known = sizes.get(label) ?? 1;
      const repeated = labels.indexOf(label);
      if ((known !== size && known !== 1 && size !== 1) || shapes[k][repeated] !== size) {
        throw new ShapeError(
          "EINSUM_SIZES",
          `einsum: "${subscripts}": axis "${label}" has size ${size} in operand ${k} of shape ${formatShape(shapes[k])}, ` +
            `but ${shapes[k][repeated] === size ? known : shapes[k][repeated]} elsewhere; make them equal`,
        );
      }
      sizes.set(label, known === 1 ? size : known);
    }),
  );
  return sizes;
}

/** Without an arrow: the axes under ellipses, then every letter that stands once, in the order of the alphabet. */
function implied(operands: readonly (readonly Label[])[]): Label[] {
  const all = operands.flat();
  const once = all.filter((label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label));
  return [...widestEllipsis(all), ...once.sort()];
}

function widestEllipsis(labels: Iterable<Label>): Label[] {
  return ellipsis(
    [...labels].reduce((most, label) => (label.length > 1 ? Math.max(most, Number(label.slice(3))) : most), 0),
  );
}

function explicit(subscripts: string, term: string, sizes: ReadonlyMap<Label, number>): Label[] {
  const tokens = tokensOf(subscripts, term);
  const repeated = tokens.find((token, i) => tokens.indexOf(token) !== i);
  if (repeated !== undefined) throw wrong(subscripts, `names "${repeated}" twice in the result; name it once`);
  const unknown = tokens.find((token) => token !== "..." && !sizes.has(token));
  if (unknown !== undefined) throw wrong(subscripts, `names "${unknown}" in the result, but in no operand`);
  return tokens.flatMap((token) => (token === "..." ? widestEllipsis(sizes.keys()) : [token]));
}
