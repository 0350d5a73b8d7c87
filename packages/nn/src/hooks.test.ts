import { AdjointError, noGrad, ones, tensor, type Tensor, vmap, zeros } from "@adjoint/core";
import { expect, test } from "vitest";
import { type AnyModule, Bilinear, Linear, LSTMCell, Module, ReLU, Sequential } from "./index.js";

/** The code of what `fn` throws. */
function code(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof AdjointError) return error.code;
    throw error;
  }
  return "none";
}

const model = (): Sequential => new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1));

test("forward hooks run in the order of their registration, see what is there, and can replace it", () => {
  const layer = new Linear(2, 2);
  const seen: string[] = [];
  layer.registerForwardPreHook((module, [x]) => {
    seen.push(`before ${module === layer} ${x.shape}`);
    return [x.mul(0)];
  });
  layer.registerForwardPreHook((_module, [x]) => void seen.push(`then ${x.sum().item()}`));
  layer.registerForwardHook((_module, [x], y) => {
    seen.push(`after ${x.sum().item()} ${y.shape}`);
    return y.add(1);
  });
  const y = layer.forward(ones([4, 2]));
  expect(seen).toEqual(["before true 4,2", "then 0", "after 0 4,2"]);
  expect(y.toArray()).toEqual(layer.bias!.add(1).expand([4, 2]).toArray());
});

test("a hook ends with remove, also one of two that are the same function", () => {
  const layer = new Linear(1, 1);
  let calls = 0;
  const hook = (): void => void calls++;
  const first = layer.registerForwardHook(hook);
  layer.registerForwardHook(hook);
  layer.forward(ones([1]));
  first.remove();
  first.remove();
  layer.forward(ones([1]));
  expect(calls).toBe(3);
});

test("a pre-hook that returns a single input gives that one", () => {
  const layer = new Linear(2, 1);
  layer.registerForwardPreHook((() => zeros([2])) as never);
  expect(layer.forward(ones([2])).toArray()).toEqual(layer.bias!.toArray());
});

test("the types of inputs and outputs are those of forward", () => {
  const cell = new LSTMCell(1, 2);
  cell.registerForwardHook((module, [x, state], [h, c]) => {
    expect([module.hiddenSize, x.shape, state, h.shape, c.shape]).toEqual([2, [1], undefined, [2], [2]]);
  });
  cell.forward(ones([1]));
  const any: AnyModule = cell;
  any.registerForwardHook((module) => void module.children()).remove();
});

test("backward hooks see the gradients of inputs and outputs, and can replace those of the inputs", () => {
  const net = model();
  const gradientOf = (): Tensor => {
    const x = ones([4, 2], { requiresGrad: true });
    net.forward(x).sum().backward();
    return x.grad!;
  };
  const plain = gradientOf();
  const seen: (readonly number[] | undefined)[] = [];
  net.registerFullBackwardHook((module, gradInputs, gradOutputs) => {
    expect(module).toBe(net);
    seen.push(...[...gradInputs, ...gradOutputs].map((g) => g?.shape));
    return gradInputs.map((g) => g && g.mul(2));
  });
  expect(gradientOf().toArray()).toEqual(plain.mul(2).toArray());
  expect(seen).toEqual([
    [4, 2],
    [4, 1],
  ]);
});

test("several inputs have their gradients together, each replaced by its own, in every walk", () => {
  const layer = new Bilinear(2, 2, 1);
  const [a, b] = [ones([3, 2], { requiresGrad: true }), ones([3, 2], { requiresGrad: true })];
  let calls = 0;
  const hook = layer.registerFullBackwardHook((_module, [ga, gb], [gy]) => {
    calls++;
    expect([ga?.shape, gb?.shape, gy?.shape]).toEqual([
      [3, 2],
      [3, 2],
      [3, 1],
    ]);
    return [tensor([[1, 1]]).expand([3, 2]), gb];
  });
  const y = layer.forward(a, b).sum();
  y.backward({ retainGraph: true });
  y.backward();
  expect(calls).toBe(2);
  expect(a.grad!.toArray()).toEqual([
    [2, 2],
    [2, 2],
    [2, 2],
  ]);
  hook.remove();
  const c = ones([3, 2], { requiresGrad: true });
  layer
    .forward(ones([3, 2]), c)
    .sum()
    .backward();
  expect(b.grad!.toArray()).toEqual(c.grad!.mul(2).toArray());
});

test("an input that is used elsewhere too shows only the gradient from this module", () => {
  const layer = new Linear(1, 1);
  layer.weight.assign(tensor([[3]]));
  const x = tensor([1], { requiresGrad: true });
  const seen: number[] = [];
  layer.registerFullBackwardHook((_module, [g]) => void seen.push(g!.item()));
  layer.forward(x).add(x.mul(10)).sum().backward();
  expect(seen).toEqual([3]);
  expect(x.grad!.item()).toBe(13);
});

test("a layer whose inputs require no gradient shows those of its outputs", () => {
  const layer = new Linear(2, 3);
  const seen: unknown[] = [];
  layer.registerFullBackwardHook((_module, gradInputs, [gy]) => void seen.push(gradInputs, gy?.toArray()));
  layer
    .forward(ones([2]))
    .sum()
    .backward();
  expect(seen).toEqual([[null], [1, 1, 1]]);
  expect(layer.weight.grad).not.toBeNull();
});

test("a backward pre-hook replaces the gradients of the outputs, those in arrays too", () => {
  const cell = new LSTMCell(1, 2);
  const x = ones([1], { requiresGrad: true });
  cell.registerFullBackwardPreHook((_module, gradOutputs) => {
    expect(gradOutputs.map((g) => g?.shape)).toEqual([[2], undefined]);
    return gradOutputs.map((g) => g && g.mul(0));
  });
  cell.registerFullBackwardHook((_module, [gx, gh, gc], [g]) => {
    expect(g!.toArray()).toEqual([0, 0]);
    expect([gx?.toArray(), gh, gc]).toEqual([[0], null, null]);
  });
  cell
    .forward(x, [ones([2]), ones([2])])[0]
    .sum()
    .backward();
  expect(x.grad!.toArray()).toEqual([0]);
});

test("hooks are no hindrance without recording, under vmap and in checkpoints of other walks", () => {
  const net = model();
  let walks = 0;
  net.at(0).registerFullBackwardHook(() => void walks++);
  const x = ones([4, 2], { requiresGrad: true });
  expect(noGrad(() => net.forward(x)).requiresGrad).toBe(false);
  expect(vmap((row: Tensor) => net.forward(row))(x).shape).toEqual([4, 1]);
  expect(walks).toBe(0);
  net.forward(x).sum().backward({ createGraph: true });
  expect(walks).toBe(1);
});

test("a forward that is a field has hooks as well", () => {
  class Arrow extends Module {
    override readonly forward = (x: Tensor): Tensor => x.mul(2);
  }
  const module = new Arrow();
  for (let i = 0; i < 2; i++) module.registerForwardHook((_module, _inputs, y) => y.add(1));
  expect(module.forward(tensor([1])).toArray()).toEqual([4]);
  expect(code(() => module.clone())).toBe("FORWARD_FIELD");
});

test("mistakes are answered with codes", () => {
  const layer = new Linear(1, 1);
  const x = ones([1], { requiresGrad: true });
  expect(code(() => layer.registerForwardHook(3 as never))).toBe("HOOK_KIND");
  const late = layer.registerForwardHook((async () => {}) as never);
  expect(code(() => layer.forward(x))).toBe("HOOK_RESULT");
  late.remove();
  for (const answer of [3, [], [1], [x, x]]) {
    const hook = layer.registerFullBackwardHook((() => answer) as never);
    expect(code(() => layer.forward(x).sum().backward())).toBe("HOOK_RESULT");
    hook.remove();
  }
  layer.registerFullBackwardHook(() => [ones([7])]);
  expect(code(() => layer.forward(x).sum().backward())).toBe("COTANGENT_SHAPE");
});
