import {
  abs,
  add,
  div,
  dot,
  max,
  mul,
  narrow,
  neg,
  noGrad,
  type Parameter,
  reshape,
  sub,
  sum,
  type Tensor,
} from "@adjoint/core";
import type { LBFGSOptions } from "./lbfgs.js";
import { type Point, strongWolfe } from "./line-search.js";

/** What is known from the steps before. A value: a step makes another. */
export interface Memory {
  readonly iterations: number;
  readonly evaluations: number;
  readonly direction: Tensor | null; // [n]
  readonly t: number; // how far it was gone
  readonly gradient: Tensor | null; // [n], at the start of the last iteration
  readonly differences: readonly Tensor[]; // of gradients, the last one last
  readonly moves: readonly Tensor[]; // of parameters
  readonly scale: number; // of the first guess of the inverse curvature
  readonly loss: number; // before the last iteration
}

/** Before the first step. */
export const nothing: Memory = {
  iterations: 0,
  evaluations: 0,
  direction: null,
  t: 0,
  gradient: null,
  differences: [],
  moves: [],
  scale: 1,
  loss: 0,
};

/** What a look at the parameters as they are now gives: the loss first, then its gradient. */
export interface Evaluation {
  readonly loss: () => Tensor;
  readonly gradient: () => Tensor;
}

/** The iterations of one step. */
export class Run {
  private readonly params: readonly Parameter[];
  private readonly options: Readonly<LBFGSOptions>;
  private memory: Memory;
  private readonly evaluate: Evaluation;

  constructor(params: readonly Parameter[], options: Readonly<LBFGSOptions>, memory: Memory, evaluate: Evaluation) {
    this.params = params;
    this.options = options;
    this.memory = memory;
    this.evaluate = evaluate;
  }

  run(): { readonly loss: Tensor; readonly memory: Memory } {
    const { maxIter, toleranceGrad, toleranceChange, maxEval } = this.options;
    const loss = this.evaluate.loss();
    let value = loss.item();
    let gradient = this.evaluate.gradient();
    let evaluations = 1;
    const isDone = (): boolean => largest(gradient) <= toleranceGrad;
    for (let k = 1; k <= maxIter && !isDone(); k++) {
      const before = value;
      const direction = this.direction(gradient);
      const isFirst = this.memory.iterations === 0;
      const first = isFirst ? Math.min(1, 1 / sum(abs(gradient)).item()) * this.options.lr : this.options.lr;
      const slope = dot(gradient, direction).item();
      this.memory = {
        ...this.memory,
        iterations: this.memory.iterations + 1,
        direction,
        gradient,
        t: first,
        loss: value,
      };
      if (slope > -toleranceChange) break;
      const next = this.move({ t: 0, loss: value, gradient, slope }, direction, first, k === maxIter);
      this.memory = { ...this.memory, t: next.point.t };
      [value, gradient] = [next.point.loss, next.point.gradient];
      evaluations += next.evaluations;
      if (evaluations >= (maxEval ?? Math.floor((maxIter * 5) / 4))) break;
      if (largest(direction) * next.point.t <= toleranceChange || Math.abs(value - before) < toleranceChange) break;
    }
    return { loss, memory: { ...this.memory, evaluations: this.memory.evaluations + evaluations } };
  }

  /** Goes along a direction. */
  private move(
    start: Point,
    direction: Tensor,
    first: number,
    isLast: boolean,
  ): { readonly point: Point; readonly evaluations: number } {
    const from = this.params.map((parameter) => parameter.detach());
    if (this.options.lineSearchFn === null) {
      this.put(from, direction, first);
      // After the last iteration nobody looks at the loss.
      if (isLast) return { point: { ...start, t: first }, evaluations: 0 };
      return { point: { ...this.look(direction), t: first }, evaluations: 1 };
    }
    const at = (t: number): Point => {
      this.put(from, direction, t);
      return { ...this.look(direction), t };
    };
    const found = strongWolfe(start, at, first, largest(direction), 1e-9);
    this.put(from, direction, found.point.t);
    return found;
  }

  private look(direction: Tensor): Omit<Point, "t"> {
    const loss = this.evaluate.loss().item();
    const gradient = this.evaluate.gradient();
    return { loss, gradient, slope: dot(gradient, direction).item() };
  }

  /** `-H·g`, by the two loops over what is remembered. */
  private direction(gradient: Tensor): Tensor {
    return noGrad(() => {
      this.remember(gradient);
      const { differences, moves, scale } = this.memory;
      const weights = differences.map((y, i) => div(1, dot(y, moves[i])));
      const shares = new Array<Tensor>(moves.length);
      let q = neg(gradient);
      for (let i = moves.length - 1; i >= 0; i--) {
        shares[i] = mul(dot(moves[i], q), weights[i]);
        q = sub(q, mul(differences[i], shares[i]));
      }
      let r = mul(q, scale);
      moves.forEach((move, i) => {
        r = add(r, mul(move, sub(shares[i], mul(dot(differences[i], r), weights[i]))));
      });
      return r;
    });
  }

  /** Takes the last iteration into the memory, unless it has shown no curvature. */
  private remember(gradient: Tensor): void {
    const { direction, t, gradient: last } = this.memory;
    if (direction === null || last === null) return;
    const y = sub(gradient, last);
    const s = mul(direction, t);
    const curvature = dot(y, s).item();
    if (!(curvature > 1e-10)) return;
    const keep = (all: readonly Tensor[], x: Tensor): Tensor[] => [...all, x].slice(-this.options.historySize);
    const { differences, moves } = this.memory;
    const scale = curvature / dot(y, y).item();
    this.memory = { ...this.memory, differences: keep(differences, y), moves: keep(moves, s), scale };
  }

  /** Puts the parameters `t` along a direction. */
  private put(from: readonly Tensor[], direction: Tensor, t: number): void {
    noGrad(() => {
      let start = 0;
      const next = this.params.map((parameter, i) => {
        const way = reshape(narrow(direction, 0, start, parameter.size), parameter.shape);
        start += parameter.size;
        return add(from[i], mul(way, t)).to(parameter.dtype);
      });
      this.params.forEach((parameter, i) => parameter.assign(next[i]));
    });
  }
}

const largest = (x: Tensor): number => (x.size === 0 ? 0 : max(abs(x)).item());
