import * as core from "@adjoint/core";
import type { FftNorm, Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

/** Keyword arguments of `torch.fft`. */
interface Attrs {
  readonly n?: number | null;
  readonly s?: readonly number[] | null;
  readonly dim?: number | readonly number[] | null;
  readonly norm?: FftNorm | null;
}

type Along = (x: Tensor, options: { n?: number; axis?: number; norm?: FftNorm }) => Tensor;

/** Complex arrays are stored as pairs along a last axis of size 2; a real one is given imaginary parts of zero. */
const pairsOf = (x: Tensor): Tensor => (x.shape.at(-1) === 2 ? x : core.stack([x, core.zerosLike(x)], -1));

const optionsOf = ({ n, norm }: Attrs): { n?: number; norm?: FftNorm } => ({
  ...(n != null && { n }),
  ...(norm != null && { norm }),
});

/** A transform along one axis. */
const along =
  (fn: Along, prepare = (x: Tensor): Tensor => x): Call =>
  ({ input }, attrs: Attrs) =>
    fn(prepare(input), { ...optionsOf(attrs), axis: (attrs.dim ?? -1) as number });

const conjugate = (x: Tensor): Tensor => core.mul(x, core.tensor([1, -1], { dtype: x.dtype }));

/** The transforms between a real array and one half of it that has the symmetry: the others with the norm of their inverses. */
const hermitian =
  (fn: (x: Tensor, attrs: Attrs) => Tensor): Call =>
  ({ input }, attrs: Attrs) =>
    fn(input, { ...attrs, norm: attrs.norm === "ortho" ? "ortho" : attrs.norm === "forward" ? "backward" : "forward" });

/** Transforms along several axes, from the last to the first; `last` is the one along the last axis. */
function overAxes(x: Tensor, rank: number, attrs: Attrs, count: number | null, [last, fn]: [Along, Along]): Tensor {
  const { s, dim } = attrs;
  const number = s?.length ?? count ?? rank;
  const axes = dim == null ? Array.from({ length: number }, (_, i) => i - number) : [dim].flat();
  const options = optionsOf(attrs);
  const part = (i: number): object => ({ ...options, axis: axes[i], ...(s != null && s[i] !== -1 && { n: s[i] }) });
  // The inverse of a real transform comes last, everything else begins with the last axis.
  const order = axes.map((_, i) => axes.length - 1 - i);
  if (last === core.irfft) order.push(order.shift() ?? 0);
  return order.reduce((y, i) => (i === axes.length - 1 ? last : fn)(y, part(i)), x);
}

const several =
  (fns: [Along, Along], count: number | null, real = false): Call =>
  ({ input }, attrs: Attrs) => {
    const x = real ? input : pairsOf(input);
    return overAxes(x, real ? input.ndim : x.ndim - 1, attrs, count, fns);
  };

const shift =
  (fn: (x: Tensor, axes: readonly number[]) => Tensor): Call =>
  ({ input }: Named<Tensor>, { dim }: Attrs) =>
    fn(input, dim == null ? input.shape.map((_, i) => i) : [dim].flat());

/** `torch.fft`. */
export const calls: Calls = {
  fft: along(core.fft, pairsOf),
  ifft: along(core.ifft, pairsOf),
  rfft: along(core.rfft),
  irfft: along(core.irfft, pairsOf),
  hfft: hermitian(
    (input, attrs) => along(core.irfft, (x) => conjugate(pairsOf(x)))({ input }, attrs as never) as Tensor,
  ),
  ihfft: hermitian((input, attrs) => conjugate(along(core.rfft)({ input }, attrs as never) as Tensor)),
  fft2: several([core.fft, core.fft], 2),
  ifft2: several([core.ifft, core.ifft], 2),
  fftn: several([core.fft, core.fft], null),
  ifftn: several([core.ifft, core.ifft], null),
  rfft2: several([core.rfft, core.fft], 2, true),
  rfftn: several([core.rfft, core.fft], null, true),
  irfft2: several([core.irfft, core.ifft], 2),
  irfftn: several([core.irfft, core.ifft], null),
  fftshift: shift(core.fftshift),
  ifftshift: shift(core.ifftshift),
  fftfreq: (_inputs, { n, d = 1 }) => core.fftfreq(n, d, { dtype: "float64" }),
  rfftfreq: (_inputs, { n, d = 1 }) => core.rfftfreq(n, d, { dtype: "float64" }),
};
