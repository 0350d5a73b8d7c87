import {
  add,
  lerp,
  matmul,
  maximum,
  mul,
  norm,
  type Parameter,
  div,
  ShapeError,
  State,
  sub,
  type Tensor,
  transpose,
  zerosLike,
} from "@adjoint/core";
import { chain } from "./chain.js";
import { checkAmounts, checkOption, type Rate, parameterText } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { Optimizer } from "./optimizer.js";
import { negate } from "./pieces.js";
import type { GradientTransformation, Write } from "./transformation.js";

/** Options of {@link Muon}. */
export interface MuonOptions {
  /** The learning rate (default 1e-3). */
  lr: number;
  /** The weight of the parameters themselves, beside the gradient (default 0.1). */
  weightDecay: number;
  /** The share of the momentum that is kept in each step (default 0.95). */
  momentum: number;
  /** Look ahead (default true). */
  nesterov: boolean;
  /** The coefficients of the quintic (default 3.4445, -4.775, 2.0315). */
  nsCoefficients: readonly [number, number, number];
  /** What the norm of the momentum is held above (default 1e-7). */
  eps: number;
  /** Iterations of the quintic (default 5). */
  nsSteps: number;
  /** How the rate depends on the shape: `lr·√max(1, rows / columns)` (default), or `0.2·lr·√max(rows, columns)`, as large as AdamW's. */
  adjustLrFn: "original" | "matchRmsAdamw";
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

/**
 * The orthogonal matrix that is nearest to `x`, roughly: all singular values are brought to about 1 by `X ← a·X + (b·A + c·A²)·X` with
 * `A = X·Xᵀ`. Jordan et al., 2024.
 */
function orthogonalized(x: Tensor, [a, b, c]: readonly [number, number, number], steps: number, eps: Rate): Tensor {
  const isTall = x.shape[0] > x.shape[1];
  const scaled = div(x, maximum(norm(x), eps)).to(x.dtype);
  let X = isTall ? transpose(scaled) : scaled;
  for (let k = 0; k < steps; k++) {
    const A = matmul(X, transpose(X));
    const B = add(mul(A, b), mul(matmul(A, A), c));
    X = add(mul(X, a), matmul(B, X));
  }
  return isTall ? transpose(X) : X;
}

/** The momentum of each matrix, made orthogonal, at a rate for its shape. */
function muonStep(options: Readonly<MuonOptions>, lr: State, decay: State, momentum: State): GradientTransformation {
  const { nesterov, nsCoefficients, nsSteps, eps, adjustLrFn } = options;
  return {
    slotNames: ["momentumBuffer"],
    init: (parameters) => parameters.map((parameter) => ({ momentumBuffer: new State(zerosLike(checked(parameter))) })),
    update: (gradients, slots, parameters) => {
      const writes: Write[] = [];
      const updates = gradients.map((g, i) => {
        if (g === null) return null;
        const { dtype, shape } = parameters[i];
        const kept = momentum.to(dtype);
        const next = lerp(g, slots[i]["momentumBuffer"], kept);
        writes.push([slots[i]["momentumBuffer"], next]);
        const direction = orthogonalized(nesterov ? lerp(g, next, kept) : next, nsCoefficients, nsSteps, eps);
        const [rows, columns] = shape;
        const ratio =
          adjustLrFn === "original" ? Math.sqrt(Math.max(1, rows / columns)) : 0.2 * Math.sqrt(Math.max(rows, columns));
        const step = mul(direction, mul(lr, -ratio).to(dtype));
        return sub(step, mul(parameters[i], mul(lr, decay).to(dtype)));
      });
      return { updates, writes };
    },
  };
}

/** @throws ShapeError `PARAMETER_RANK`. */
function checked(parameter: Parameter): Parameter {
  if (parameter.ndim === 2) return parameter;
  throw new ShapeError(
    "PARAMETER_RANK",
    `Muon: a ${parameterText(parameter)} is no matrix; give Muon the matrices ` +
      "of hidden layers, and the rest to an AdamW: model.parameters().filter((p) => p.ndim === 2)",
  );
}

const muon: OptimizerDefinition<MuonOptions> = {
  name: "Muon",
  defaults: {
    lr: 1e-3,
    weightDecay: 0.1,
    momentum: 0.95,
    nesterov: true,
    nsCoefficients: [3.4445, -4.775, 2.0315],
    eps: 1e-7,
    nsSteps: 5,
    adjustLrFn: "original",
    maximize: false,
  },
  check: ({ lr, weightDecay, momentum, nsCoefficients, eps, nsSteps, adjustLrFn }) => {
    checkAmounts("Muon", { lr, weightDecay, momentum, eps });
    checkOption(momentum <= 1, "Muon", "momentum", momentum, "a number from 0 to 1");
    const isTriple =
      Array.isArray(nsCoefficients) && nsCoefficients.length === 3 && nsCoefficients.every(Number.isFinite);
    checkOption(isTriple, "Muon", "nsCoefficients", nsCoefficients, "three numbers");
    const isCount = Number.isSafeInteger(nsSteps) && nsSteps >= 0 && nsSteps < 100;
    checkOption(isCount, "Muon", "nsSteps", nsSteps, "an integer from 0 to 99");
    const isKnown = adjustLrFn === "original" || adjustLrFn === "matchRmsAdamw";
    checkOption(isKnown, "Muon", "adjustLrFn", adjustLrFn, '"original" or "matchRmsAdamw"');
  },
  transformation: (options, rates) =>
    chain(
      ...(options.maximize ? [negate()] : []),
      muonStep(options, rates.get("lr"), rates.get("weightDecay"), rates.get("momentum")),
    ),
};

/**
 * Momentum whose matrices are made orthogonal, so that a step moves all directions alike: `b ← μ·b + (1 - μ)·g`, `p ← p - lr·(r·O(b) + λ·p)`
 * with the orthogonal factor O by five iterations of a quintic, and r by the shape. For the matrices of hidden layers; biases,
 * embeddings and heads go to {@link AdamW}. Jordan et al., 2024; Liu et al., 2025, arXiv:2502.16982.
 *
 * @throws ShapeError `PARAMETER_RANK` for what is no matrix, ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of
 * {@link Optimizer}.
 * @example
 * ```ts
 * import { matmul, norm, Parameter, tensor, transpose } from "@adjoint/core";
 * import { Muon } from "@adjoint/optim";
 * const W = new Parameter(tensor([[1, 0], [0, 1]]));
 * const optimizer = new Muon([W], { lr: 0.1, weightDecay: 0 });
 * W.mul(tensor([[100, 0], [0, 1]])).sum().backward();
 * optimizer.step();
 * // Both directions have moved by about 0.1, though one gradient was a hundred times the other.
 * console.log(W.data[0] < 0.95 && W.data[3] < 0.95); // → true
 * ```
 */
export class Muon extends Optimizer<MuonOptions> {
  /** @param parameters - what to train; @param options - see {@link MuonOptions}. */
  constructor(parameters: ParametersInput<MuonOptions>, options: Partial<MuonOptions> = {}) {
    super(parameters, options, muon);
  }
}
