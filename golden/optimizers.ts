import {
  add,
  matmul,
  mean,
  mul,
  Parameter,
  square,
  stack,
  sub,
  sum,
  tanh,
  tensor,
  type Tensor,
  transpose,
} from "@adjoint/core";
import * as optim from "@adjoint/optim";
import type { Case, Named } from "./cases.js";
import { faultsOf, faultsOfAll } from "./compare.js";
import { loadAll } from "./read.js";
import { renamed } from "./rename.js";

/** What PyTorch takes and we do without: how it computes. */
const meaningless = ["foreach", "fused", "capturable", "differentiable"];

/** Words among the options that we write otherwise. */
const words: Named<string> = { strong_wolfe: "strongWolfe", match_rms_adamw: "matchRmsAdamw" };

type AnyOptimizer = optim.Optimizer<object>;
type OptimizerClass = new (parameters: never, options: never) => AnyOptimizer;

/** An optimizer of ours by PyTorch's name and keyword arguments; groups name their parameters. */
export function optimizerOf(name: string, attrs: Named<unknown>, weights: Named<Parameter>): AnyOptimizer {
  const known = optim as unknown as Named<OptimizerClass>;
  if (!/^[A-Z]/.test(name) || !Object.hasOwn(known, name)) throw new Error(`no optimizer ${name}`);
  const { param_groups: groups, ...rest } = attrs;
  const parameters = Array.isArray(groups)
    ? groups.map(({ params, ...own }: { params: string[] }) => ({
        ...renamed(own),
        params: params.map((key) => weights[key]),
      }))
    : Object.values(weights);
  const options = Object.entries(rest)
    .filter(([key]) => !meaningless.includes(key))
    .map(([key, x]) => [key, words[x as string] ?? x]);
  return new known[name](parameters as never, renamed(Object.fromEntries(options)) as never);
}

/** Stored parameters as ones that are trained. */
const weightsOf = (params: Case["params"]): Record<string, Parameter> =>
  Object.fromEntries(Object.entries(loadAll(params)).map(([name, x]) => [name, new Parameter(x)]));

/** The two problems: a long valley, and a small network. */
function lossOf(problem: unknown, { X, Y }: Named<Tensor>, weights: Named<Tensor>): Tensor {
  if (problem === "quadratic") return sum(mul(square(weights["x"]), tensor([0.05, 1], { dtype: "float64" })));
  if (problem !== "regression") throw new Error(`no problem ${String(problem)}`);
  const layer = (x: Tensor, W: Tensor, b: Tensor): Tensor => add(matmul(x, transpose(W)), b);
  const hidden = tanh(layer(X, weights["W1"], weights["b1"]));
  return mean(square(sub(layer(hidden, weights["W2"], weights["b2"]), Y)));
}

/** Cases of kind `optimizer`: the first gradients, the loss before each step, and the parameters (and averages, `ax`) after it. */
export function checkOptimizer({ op, attrs, inputs, params, outputs, grads }: Case): string[] {
  const { problem, steps, ...rest } = attrs;
  const given = loadAll(inputs);
  const weights = weightsOf(params);
  const optimizer = optimizerOf(op, rest, weights);
  const closure = (): Tensor => {
    optimizer.zeroGrad();
    const loss = lossOf(problem, given, weights);
    loss.backward();
    return loss;
  };
  closure();
  const faults = Object.entries(grads).flatMap(([name, want]) =>
    faultsOf(`gradient of ${name}`, weights[name].grad ?? undefined, want),
  );
  const rows = new Map<string, Tensor[]>(Object.keys(outputs).map((name) => [name, []]));
  const names = Object.keys(weights);
  for (let k = 0; k < (steps as number); k++) {
    const loss = optimizer.step(closure);
    const { state } = optimizer.stateDict();
    rows.get("loss")?.push(loss.detach());
    names.forEach((name, i) => {
      rows.get(name)?.push(weights[name].detach());
      rows.get(`ax.${name}`)?.push(state[i]["ax"]);
    });
  }
  const results = Object.fromEntries([...rows].map(([name, each]) => [name, stack(each)]));
  return [...faults, ...faultsOfAll(results, outputs)];
}
