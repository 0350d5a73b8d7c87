import {
  add,
  div,
  lerp,
  matmul,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  norm,
  type Parameter,
  pow,
  rsqrt,
  square,
  State,
  sub,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "@adjoint/core";
import { chain } from "./chain.js";
import { checkAmounts, checkOption } from "./checks.js";
import type { OptimizerDefinition, Rates } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { Optimizer } from "./optimizer.js";
import { negate } from "./pieces.js";
import type { GradientTransformation, Slots, Write } from "./transformation.js";

/** Options of {@link Adafactor}. */
export interface AdafactorOptions {
  /** The most by which a parameter moves, as a share of its root mean square (default 1e-2). */
  lr: number;
  /** The power with which the share of new squares falls, `t^beta2Decay` (default -0.8). */
  beta2Decay: number;
  /** What mean squares are held above (default null: the machine epsilon of the dtype), and the root mean square of a parameter. */
  eps: readonly [number | null, number];
  /** The root mean square above which an update is made smaller (default 1). */
  d: number;
  /** The weight of the parameters themselves, beside the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const scalar = (x: number): Tensor => tensor(x, { dtype: "float64" });
const rms = (x: Tensor): Tensor => div(norm(x), Math.sqrt(Math.max(1, x.size)));

/** The slots of one parameter: squares by row and by column where there are such, by element where not. */
function slotsFor(parameter: Parameter): Slots {
  const step = new State(scalar(0));
  if (parameter.ndim < 2) return { step, variance: new State(zerosLike(parameter)) };
  const { shape, dtype } = parameter;
  const rows = shape.with(-1, 1);
  const columns = shape.with(-2, 1);
  return { step, rowVar: new State(zeros(rows, { dtype })), colVar: new State(zeros(columns, { dtype })) };
}

/** The mean squares of the gradients as they are guessed, and what becomes of the slots. */
function squares(
  g: Tensor,
  slots: Slots,
  fresh: Tensor,
  eps: number,
): readonly [estimate: Tensor, writes: readonly Write[]] {
  const share = fresh.to(g.dtype);
  const { rowVar, colVar, variance } = slots;
  if (variance) {
    const next = lerp(variance, square(g), share);
    return [next, [[variance, next]]];
  }
  const rows = lerp(rowVar, mean(square(g), { axis: -1, keepDims: true }), share);
  const columns = lerp(colVar, mean(square(g), { axis: -2, keepDims: true }), share);
  const estimate = div(matmul(rows, columns), maximum(mean(rows, { axis: -2, keepDims: true }), eps));
  return [
    estimate,
    [
      [rowVar, rows],
      [colVar, columns],
    ],
  ];
}

function adafactorStep({ eps, d }: Readonly<AdafactorOptions>, rates: Rates<AdafactorOptions>): GradientTransformation {
  const [lr, beta2Decay, decay] = [rates.get("lr"), rates.get("beta2Decay"), rates.get("weightDecay")];
  return {
    slotNames: ["step", "rowVar", "colVar", "variance"],
    init: (parameters) => parameters.map(slotsFor),
    update: (gradients, slots, parameters) => {
      const writes: Write[] = [];
      const updates = gradients.map((g, i) => {
        if (g === null) return null;
        const parameter = parameters[i];
        const { dtype } = parameter;
        const tiny = eps[0] ?? (dtype === "float64" ? 2 ** -52 : 2 ** -23);
        const step = add(slots[i]["step"], 1);
        const [estimate, changes] = squares(g, slots[i], pow(step, beta2Decay), tiny);
        writes.push([slots[i]["step"], step], ...changes);
        const update = mul(rsqrt(maximum(estimate, tiny * tiny)), g);
        const rate = mul(maximum(rms(parameter), eps[1]), minimum(lr, rsqrt(step)));
        const size = div(rate, maximum(div(rms(update), d), 1)).to(dtype);
        return sub(neg(mul(update, size)), mul(parameter, mul(lr, decay).to(dtype)));
      });
      return { updates, writes };
    },
  };
}

const adafactor: OptimizerDefinition<AdafactorOptions> = {
  name: "Adafactor",
  defaults: { lr: 1e-2, beta2Decay: -0.8, eps: [null, 1e-3], d: 1, weightDecay: 0, maximize: false },
  check: ({ lr, beta2Decay, eps, d, weightDecay }) => {
    checkAmounts("Adafactor", { lr, weightDecay });
    const isFalling = Number.isFinite(beta2Decay) && beta2Decay <= 0;
    checkOption(isFalling, "Adafactor", "beta2Decay", beta2Decay, "a number of at most 0");
    const isPair =
      Array.isArray(eps) &&
      eps.length === 2 &&
      eps.every((x, i) => (i === 0 && x === null) || (Number.isFinite(x) && x! >= 0));
    checkOption(isPair, "Adafactor", "eps", eps, "two numbers of at least 0, the first of which may be null");
    checkOption(Number.isFinite(d) && d >= 1, "Adafactor", "d", d, "a number of at least 1");
  },
  transformation: (options, rates) => chain(...(options.maximize ? [negate()] : []), adafactorStep(options, rates)),
};

/**
 * Steps by the gradient over the root of its mean square, of which a matrix keeps the means of its rows and columns alone: `n + m` numbers
 * for `n·m`. The rate is a share of the size of the parameter, and updates that are too large are made smaller. Shazeer and Stern, 2018,
 * arXiv:1804.04235.
 *
 * With `V = r·cᵀ / mean(r)` and `U = g / √V`: `p ← p - max(ε₂, rms(p))·min(lr, 1/√t)·U / max(1, rms(U) / d)`, as in PyTorch.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { ones, Parameter } from "@adjoint/core";
 * import { Adafactor } from "@adjoint/optim";
 * const W = new Parameter(ones([3, 2]));
 * const optimizer = new Adafactor([W], { lr: 0.1 });
 * W.square().sum().backward();
 * optimizer.step();
 * console.log(W.data[0].toFixed(4)); // → 0.9000
 * console.log(Object.entries(optimizer.stateDict().state[0]).map(([name, { shape }]) => `${name} [${shape}]`).join(" "));
 * // → step [] row_var [3,1] col_var [1,2]
 * ```
 */
export class Adafactor extends Optimizer<AdafactorOptions> {
  /** @param parameters - what to train; @param options - see {@link AdafactorOptions}. */
  constructor(parameters: ParametersInput<AdafactorOptions>, options: Partial<AdafactorOptions> = {}) {
    super(parameters, options, adafactor);
  }
}
