import { expect, test } from "vitest";
import {
  add,
  checkpoint,
  customGradient,
  Generator,
  grad,
  hessian,
  jacobian,
  jvp,
  linearize,
  matmul,
  mul,
  type OpFunction,
  Parameter,
  softmax,
  stack,
  sum,
  type Tensor,
  tensor,
  vjp,
  vmap,
} from "../index.js";

type Mapper = (fn: (x: Tensor) => Tensor) => (xs: Tensor) => Tensor;
/** A program over vectors of two elements: it maps with `map`, and sees the variables that are in scope. */
type Program = (map: Mapper, scope: readonly Tensor[]) => Tensor;

const double = { dtype: "float64" } as const;
const loop: Mapper = (fn) => (xs) => stack(Array.from({ length: xs.shape[0] }, (_, i) => fn(xs.slice(i))));

/** An op with a reverse rule only. */
const sine: OpFunction<[a: Tensor, b: Tensor]> = customGradient<[a: Tensor, b: Tensor]>({
  name: "sineOfProduct",
  forward: ([a, b]) => mul(a, b).sin(),
  vjp: (g, { inputs: [a, b] }) => [mul(mul(g, mul(a, b).cos()), b), mul(mul(g, mul(a, b).cos()), a)],
  samples: () => [],
});

const unary = [(a: Tensor) => a.sin(), (a: Tensor) => softmax(a)];
const binary = [
  (a: Tensor, b: Tensor) => mul(a, b),
  (a: Tensor, b: Tensor) => add(a, b).mul(0.5),
  (a: Tensor, b: Tensor) => sine(a, b),
  (a: Tensor, b: Tensor) => matmul(stack([a, b.sin()]), a),
];

/** Transforms of a function at a variable, and in a direction. */
const transforms: readonly ((f: (x: Tensor) => Tensor, x: Tensor, t: Tensor, map: Mapper) => Tensor)[] = [
  (f, x) => grad((y: Tensor) => sum(f(y)))(x),
  (f, x, t) => jvp(f, [x], [t]).tangent,
  (f, x) => jacobian(f)(x).sum({ axis: 0 }),
  (f, x) => jacobian(f, { mode: "forward" })(x).sum({ axis: 0 }),
  (f, x) => checkpoint(f)(x),
  (f, x) => checkpoint((y: Tensor) => ({ all: [f(y), y] }))(x).all[0],
  (f, x, t, map) => map(f)(stack([x, t, mul(x, t)])).mean({ axis: 0 }),
  (f, x, t, map) => map((u) => vjp(f, [x]).pullback(u)[0])(stack([x, t])).mean({ axis: 0 }),
  (f, x, t, map) => {
    const { pullback } = vjp(f, [x]);
    const { tangent } = linearize(f, [x]);
    return map((u) => mul(pullback(u)[0], tangent([u])))(stack([x, t])).mean({ axis: 0 });
  },
];

function randomProgram(generator: Generator, depth: number, variables: number): Program {
  const from = <T>(list: readonly T[]): T => list[generator.integer(0, list.length)];
  const [i, j] = [generator.integer(0, variables), generator.integer(0, variables)];
  if (depth === 0) return (_, scope) => scope[i];
  const kind = generator.integer(0, 10);
  const a = randomProgram(generator, depth - 1, kind < 4 ? variables : variables + 1);
  if (kind === 0) {
    const op = from(unary);
    return (map, scope) => op(a(map, scope));
  }
  if (kind < 4) {
    const op = from(binary);
    const b = randomProgram(generator, depth - 1, variables);
    return (map, scope) => op(a(map, scope), b(map, scope));
  }
  const transform = from(transforms);
  return (map, scope) => transform((x) => a(map, [...scope, x]), scope[i], scope[j], map);
}

/** What a program and its derivatives give, with all examples at once or one by one. */
function outcome(program: Program, map: Mapper): Tensor {
  const [p, q] = [new Parameter(tensor([0.3, 0.7], double)), new Parameter(tensor([1.1, -0.4], double))];
  const y = program(map, [p, q]);
  if (y.requiresGrad) sum(y).backward();
  const second = hessian((x: Tensor) => sum(program(map, [x, q])))(p);
  return stack([y, p.grad ?? p, q.grad ?? q, second.slice(0), second.slice(1)]).detach();
}

test("random programs of nested transforms give with vmap what they give with loops", () => {
  const generator = new Generator(1);
  for (let k = 0; k < 200; k++) {
    const program = randomProgram(generator, 1 + (k % 4), 2);
    const [got, want] = [outcome(program, (fn) => vmap(fn)), outcome(program, loop)];
    want.data.forEach((w, i) => {
      const error = Math.abs(got.data[i] - w) / Math.max(1, Math.abs(w));
      expect(error, `program ${k}, element ${i}: ${got.data[i]}, the loop ${w}`).toBeLessThan(1e-8);
    });
  }
});
