import {
  add,
  flatten,
  mean,
  mul,
  narrow,
  relu,
  sigmoid,
  square,
  squeeze,
  stack,
  sum,
  tanh,
  type Tensor,
} from "@adjoint/core";
import * as nn from "@adjoint/nn";
import { clipGradNorm } from "@adjoint/optim";
import type { Case, Named } from "./cases.js";
import { faultsOf, faultsOfAll } from "./compare.js";
import { modules } from "./modules.js";
import { optimizerOf } from "./optimizers.js";
import { loadAll } from "./read.js";

type Attrs = Named<never>;

/** A network whose parts are fields by name, so that their keys are those of the case. */
class Network extends nn.Module {
  private readonly parts: Named<nn.Module>;
  private readonly compute: (x: Tensor, parts: Named<nn.Module>) => Tensor;

  constructor(parts: Named<nn.Module>, compute: (x: Tensor, parts: Named<nn.Module>) => Tensor) {
    super();
    this.parts = parts;
    this.compute = compute;
  }

  override fields(): Iterable<readonly [field: string, content: unknown]> {
    return Object.entries(this.parts);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x, this.parts);
  }
}

const make = (name: string, attrs: Attrs): nn.Module => modules[name].make(attrs) as nn.Module;
const linear = ([from, to]: readonly [number, number]): nn.Module => new nn.Linear(from, to);
const activations: Named<(x: Tensor) => Tensor> = { relu, tanh, sigmoid };

function mlp({ sizes, activation = "relu" as never }: Attrs): Network {
  const widths = sizes as readonly number[];
  const layers = widths.slice(1).map((to, i) => [`fc${i + 1}`, linear([widths[i], to])] as const);
  const act = activations[activation];
  return new Network(Object.fromEntries(layers), (x, parts) =>
    layers.reduce((y, [name], i) => {
      const z = parts[name].forward(y);
      return i + 1 < layers.length ? act(z) : z;
    }, x),
  );
}

function convnet({ conv, bn, pool, fc }: Attrs): Network {
  const { out_channels: channels } = conv as { readonly out_channels: number };
  const parts = {
    conv: make("Conv2d", { ...(conv as Attrs), bias: false as never }),
    bn: make("BatchNorm2d", { ...(bn as Attrs), num_features: channels as never }),
    pool: make("MaxPool2d", pool),
    fc: linear(fc),
  };
  return new Network(parts, (x, { conv, bn, pool, fc }) =>
    fc.forward(flatten(pool.forward(relu(bn.forward(conv.forward(x)))), 1)),
  );
}

function recurrent({ cell, rnn, last_only: lastOnly, fc }: Attrs): Network {
  const parts = { rnn: make(cell, rnn), fc: linear(fc) };
  const layer = parts.rnn as unknown as nn.Module<[x: Tensor], readonly [output: Tensor, state: unknown]>;
  return new Network(parts, (x, { fc }) => {
    const [output] = layer.forward(x);
    return fc.forward(lastOnly ? squeeze(narrow(output, 1, output.shape[1] - 1, 1), 1) : output);
  });
}

function transformer({ layer, fc }: Attrs): Network {
  const parts = { layer: make("TransformerEncoderLayer", layer), fc: linear(fc) };
  return new Network(parts, (x, { layer, fc }) => fc.forward(mean(layer.forward(x), { axis: 1 })));
}

const networks: Named<(attrs: Attrs) => Network> = { mlp, convnet, recurrent, transformer };

const losses: Named<(y: Tensor, target: Tensor) => Tensor> = {
  cross_entropy: (y, target) => nn.crossEntropy(y, target),
  mse: (y, target) => nn.mseLoss(y, target),
};

/** `λ/2` times the sum of the squares of all weights, not the biases. */
function penalty(network: Network, lambda: number): Tensor {
  const weights = network.namedParameters().filter(([key]) => key.endsWith("weight"));
  return mul(
    weights.map(([, weight]) => sum(square(weight))).reduce((a, b) => add(a, b)),
    lambda / 2,
  );
}

/** Cases of kind `train`: the loss before each update, the first gradients, and all contents and the output at the end. */
export function checkTrain({ op, attrs, inputs, params, outputs, grads }: Case): string[] {
  if (!Object.hasOwn(networks, op)) return [`no network ${op}`];
  const { loss: lossName, optimizer: chosen, steps, lambda, clip_grad_norm: maxNorm } = attrs as Attrs;
  const network = networks[op](attrs as Attrs).to("float64");
  network.loadStateDict(loadAll(params));
  const { x, target } = loadAll(inputs);
  const weights = Object.fromEntries(network.namedParameters());
  const { name, ...options } = chosen as { readonly name: string };
  const optimizer = optimizerOf(name, options, weights);
  const rows: Record<string, Tensor[]> = { loss: [], data_loss: [] };
  const faults: string[] = [];
  for (let k = 0; k < (steps as number); k++) {
    optimizer.zeroGrad();
    const dataLoss = losses[lossName](network.forward(x), target);
    const loss = lambda === undefined ? dataLoss : add(dataLoss, penalty(network, lambda));
    loss.backward();
    if (k === 0) {
      const first = Object.entries(grads);
      faults.push(
        ...first.flatMap(([key, want]) => faultsOf(`gradient of ${key}`, weights[key].grad ?? undefined, want)),
      );
    }
    if (maxNorm !== undefined) clipGradNorm(network.parameters(), maxNorm);
    optimizer.step();
    rows["loss"].push(loss.detach());
    rows["data_loss"].push(dataLoss.detach());
  }
  const final = Object.entries(network.stateDict()).map(([key, content]) => [`final.${key}`, content]);
  const results: Record<string, Tensor> = {
    ...Object.fromEntries(Object.entries(rows).map(([key, each]) => [key, stack(each)])),
    ...Object.fromEntries(final),
    final_output: network.eval().forward(x),
  };
  if (!("data_loss" in outputs)) delete results["data_loss"];
  return [...faults, ...faultsOfAll(results, outputs)];
}
