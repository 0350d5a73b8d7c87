import type { Tensor } from "adjoint";

/** Something by name. */
export type Named<T> = Readonly<Record<string, T>>;

/** An array of the reference cases; NaN and infinities are strings. */
export interface Stored {
  readonly shape: readonly number[];
  readonly dtype: "float64" | "int64" | "bool";
  readonly data: readonly (number | string)[];
}

/** One reference case: the README beside the files says what its parts are. */
export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly op: string;
  readonly attrs: Named<unknown>;
  readonly inputs: Named<Stored>;
  readonly params: Named<Stored>;
  readonly outputs: Named<Stored>;
  readonly cotangents: Named<Stored>;
  readonly grads: Named<Stored>;
  readonly notes: string;
}

/** What a function of PyTorch gives in our words: the output `out`, several (`out.0`, `out.1` …), or outputs by name. */
export type Outputs = Tensor | readonly Tensor[] | Named<Tensor>;

/**
 * A function of PyTorch in our words, from its tensor arguments and its keyword arguments, both by PyTorch's names; `wanted`
 * are the names of the outputs that the case has.
 */
export type Call = (inputs: Named<Tensor>, attrs: Named<never>, wanted?: readonly string[]) => Outputs;

/** Functions of PyTorch by name. */
export type Calls = Named<Call>;
