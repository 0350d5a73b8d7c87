import { AdjointError, Generator, manualSeed, ones, type Tensor, vmap } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import * as nn from "./index.js";

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

interface Pair {
  readonly lazy: (generator: Generator) => nn.Module;
  readonly eager: (generator: Generator) => nn.Module;
  readonly shape: readonly number[];
}

const grouped = (generator: Generator) => ({ generator, groups: 2, stride: 2 });
const pairs: Readonly<Record<string, Pair>> = {
  LazyLinear: {
    lazy: (generator) => new nn.LazyLinear(2, { generator, bias: false }),
    eager: (generator) => new nn.Linear(3, 2, { generator, bias: false }),
    shape: [5, 3],
  },
  LazyConv1d: {
    lazy: (generator) => new nn.LazyConv1d(4, 3, grouped(generator)),
    eager: (generator) => new nn.Conv1d(6, 4, 3, grouped(generator)),
    shape: [6, 5],
  },
  LazyConv2d: {
    lazy: (generator) => new nn.LazyConv2d(4, [3, 2], grouped(generator)),
    eager: (generator) => new nn.Conv2d(6, 4, [3, 2], grouped(generator)),
    shape: [2, 6, 5, 5],
  },
  LazyConv3d: {
    lazy: (generator) => new nn.LazyConv3d(2, 2, { generator }),
    eager: (generator) => new nn.Conv3d(3, 2, 2, { generator }),
    shape: [1, 3, 3, 3, 3],
  },
  LazyConvTranspose1d: {
    lazy: (generator) => new nn.LazyConvTranspose1d(4, 3, grouped(generator)),
    eager: (generator) => new nn.ConvTranspose1d(6, 4, 3, grouped(generator)),
    shape: [2, 6, 5],
  },
  LazyConvTranspose2d: {
    lazy: (generator) => new nn.LazyConvTranspose2d(4, 3, grouped(generator)),
    eager: (generator) => new nn.ConvTranspose2d(6, 4, 3, grouped(generator)),
    shape: [6, 5, 4],
  },
  LazyConvTranspose3d: {
    lazy: (generator) => new nn.LazyConvTranspose3d(2, 2, { generator }),
    eager: (generator) => new nn.ConvTranspose3d(3, 2, 2, { generator }),
    shape: [1, 3, 2, 2, 2],
  },
  LazyBatchNorm1d: {
    lazy: () => new nn.LazyBatchNorm1d({ momentum: 0.5 }),
    eager: () => new nn.BatchNorm1d(3, { momentum: 0.5 }),
    shape: [5, 3],
  },
  LazyBatchNorm2d: {
    lazy: () => new nn.LazyBatchNorm2d({ affine: false }),
    eager: () => new nn.BatchNorm2d(3, { affine: false }),
    shape: [5, 3, 2, 2],
  },
  LazyBatchNorm3d: {
    lazy: () => new nn.LazyBatchNorm3d(),
    eager: () => new nn.BatchNorm3d(3),
    shape: [2, 3, 2, 2, 2],
  },
  LazyInstanceNorm1d: {
    lazy: () => new nn.LazyInstanceNorm1d({ momentum: 0.5 }),
    eager: () => new nn.InstanceNorm1d(3, { momentum: 0.5, affine: true, trackRunningStats: true }),
    shape: [5, 3, 4],
  },
  LazyInstanceNorm2d: {
    lazy: () => new nn.LazyInstanceNorm2d({ affine: false }),
    eager: () => new nn.InstanceNorm2d(3, { trackRunningStats: true }),
    shape: [3, 2, 2],
  },
  LazyInstanceNorm3d: {
    lazy: () => new nn.LazyInstanceNorm3d({ trackRunningStats: false }),
    eager: () => new nn.InstanceNorm3d(3, { affine: true }),
    shape: [2, 3, 2, 2, 2],
  },
};

const contents = (module: nn.Module): unknown =>
  Object.entries(module.stateDict()).map(([key, x]) => [key, x.shape, x.dtype, x.toArray()]);

describe.each(Object.entries(pairs))("%s", (name, { lazy, eager, shape }) => {
  const x = new Generator(3).normal(shape);

  test("is the layer in every way after its first input, with the weights that would have been drawn", () => {
    const [a, b] = [lazy(new Generator(5)), eager(new Generator(5))];
    const [first, second] = [a.forward(x), b.forward(x)];
    expect(first.toArray()).toEqual(second.toArray());
    expect(a).toBeInstanceOf(b.constructor);
    expect(String(a)).toBe(String(b));
    expect(contents(a)).toEqual(contents(b));
    expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort());
    expect(a.forward(x).toArray()).toEqual(b.forward(x).toArray());
    expect(a.clone().eval().forward(x).toArray()).toEqual(b.eval().forward(x).toArray());
    expect(a.summary(shape).multiplyAdds).toBe(b.summary(shape).multiplyAdds);
  });

  test("takes its size from a state dict", () => {
    const [a, b] = [lazy(new Generator(5)).eval(), eager(new Generator(6)).eval()];
    const model = new nn.Sequential(a);
    expect(model.loadStateDict(new nn.Sequential(b).stateDict()).missing).toEqual([]);
    expect(contents(a)).toEqual(contents(b));
    expect(a.training).toBe(false);
    expect(a.forward(x).toArray()).toEqual(b.forward(x).toArray());
  });

  test("has no parameters before, and says so", () => {
    const model = new nn.Sequential(lazy(new Generator(5)));
    expect(String(model)).toContain(name);
    for (const ask of ["parameters", "stateDict", "buffers", "freeze", "zeroGrad"] as const) {
      expect(code(() => model[ask]())).toBe("SIZE_UNKNOWN");
    }
    expect(code(() => model.loadStateDict({}))).toBe("SIZE_UNKNOWN");
    expect(code(() => nn.functionalCall(model, {}, x))).toBe("SIZE_UNKNOWN");
    expect(code(() => model.forward(ones([])))).toBe("INPUT_SHAPE");
    expect(code(() => model.forward(3 as never))).toBe("OPERAND_KIND");
    const copy = model.clone();
    copy.forward(x);
    expect(copy.stateDict()).toBeDefined();
    expect(code(() => model.parameters())).toBe("SIZE_UNKNOWN");
  });
});

test("an input that does not fit decides nothing", () => {
  const layer = new nn.LazyConv2d(4, 3);
  expect(() => layer.forward(ones([1, 3, 2, 2]))).toThrow(AdjointError);
  expect(code(() => layer.parameters())).toBe("SIZE_UNKNOWN");
  expect(layer.forward(ones([1, 2, 5, 5])).shape).toEqual([1, 4, 3, 3]);
});

test("float64 inputs make float64 layers; hooks, modes and vmap work from the first call on", () => {
  const layer = new nn.LazyLinear(2).eval();
  const seen: string[] = [];
  layer.registerForwardHook((module) => void seen.push(String(module)));
  const y = vmap((row: Tensor) => layer.forward(row))(ones([4, 3], { dtype: "float64" }));
  expect([y.dtype, y.shape, layer.training]).toEqual(["float64", [4, 2], false]);
  layer.forward(ones([3], { dtype: "float64" }));
  expect(seen).toEqual(new Array(2).fill("Linear(inFeatures=3, outFeatures=2, bias=true)"));
});

test("making one draws no random numbers", () => {
  manualSeed(1);
  const first = new nn.Linear(2, 2).weight.toArray();
  manualSeed(1);
  new nn.LazyLinear(50);
  new nn.LazyConv2d(5, 3);
  expect(new nn.Linear(2, 2).weight.toArray()).toEqual(first);
});

test("arguments that make no sense are answered where they are given", () => {
  const junk: readonly unknown[] = [null, NaN, -1, 0, 0.5, "x", [], { unknown: 1 }, Symbol("s"), 7n, ones([2])];
  const layers = Object.entries(nn).filter(([name]) => name.startsWith("Lazy")) as [
    string,
    new (...args: unknown[]) => nn.Module,
  ][];
  expect(layers).toHaveLength(13);
  for (const [name, Layer] of layers) {
    const args = name === "LazyLinear" ? [2] : name.startsWith("LazyConv") ? [4, 3] : [];
    for (const x of junk) {
      for (let place = 0; place <= args.length; place++) {
        const spoilt = [...args, {}].map((arg, i) => (i === place ? x : arg));
        // An empty list of options, and a size for each axis, may be meant.
        const made = code(() => new Layer(...spoilt));
        expect(made, `${name} ${String(place)}`).not.toBe("none");
      }
      for (const option of ["bias", "groups", "stride", "generator", "eps"]) {
        code(() => new Layer(...args, { [option]: x }).forward(ones([2, 4, 5, 5])));
      }
    }
  }
});
