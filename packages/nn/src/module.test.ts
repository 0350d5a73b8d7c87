import {
  AdjointError,
  add,
  matmul,
  noGrad,
  ones,
  Parameter,
  relu,
  State,
  tensor,
  type Tensor,
  zeros,
} from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { type AnyModule, BatchNorm1d, Linear, Module, ReLU, Sequential } from "./index.js";

class Block extends Module {
  readonly innerWeight = new Parameter(ones([2, 2]));
  readonly runningMean = new State(zeros([2]));
  readonly constant = ones([2]);
  forward(x: Tensor): Tensor {
    return matmul(x, this.innerWeight);
  }
}

class Model extends Module {
  readonly conv1 = new Block();
  readonly layers = [new Linear(2, 2), new ReLU(), [new Linear(2, 3, { bias: false })]];
  readonly heads = new Map<string, Linear>([["left", new Linear(2, 1)]]);
  readonly scales = [new Parameter(ones([1])), new Parameter(ones([2]))];
  forward(x: Tensor): Tensor {
    return this.conv1.forward(x);
  }
}

/** What `fn` throws. */
function failure(fn: () => unknown): AdjointError {
  try {
    fn();
  } catch (error) {
    if (error instanceof AdjointError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the walk over the fields", () => {
  test("finds parameters, buffers and modules in fields, nested arrays and Maps, under PyTorch's keys", () => {
    const model = new Model();
    expect(model.namedParameters().map(([key]) => key)).toEqual([
      "scales.0",
      "scales.1",
      "conv1.inner_weight",
      "layers.0.weight",
      "layers.0.bias",
      "layers.2.0.weight",
      "heads.left.weight",
      "heads.left.bias",
    ]);
    expect(model.namedBuffers().map(([key]) => key)).toEqual(["conv1.running_mean"]);
    expect(model.namedModules().map(([path]) => path)).toEqual([
      "",
      "conv1",
      "layers.0",
      "layers.1",
      "layers.2.0",
      "heads.left",
    ]);
    expect(model.children()).toHaveLength(5);
    expect(model.parameters()).toHaveLength(8);
    expect(model.buffers()).toEqual([model.conv1.runningMean]);
  });

  test("lists what is shared once, but puts it into the state dict under each key", () => {
    const shared = new Linear(2, 2);
    const model = new Sequential(shared, new ReLU(), shared);
    expect(model.parameters()).toEqual([shared.weight, shared.bias]);
    expect(model.modules()).toHaveLength(3);
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  });

  test("does not run in circles when a child knows its parent", () => {
    class Child extends Module {
      parent: AnyModule | null = null;
      readonly weight = new Parameter(ones([1]));
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    class Parent extends Module {
      readonly child = new Child();
      forward(x: Tensor): Tensor {
        return this.child.forward(x);
      }
    }
    const parent = new Parent();
    parent.child.parent = parent;
    expect(Object.keys(parent.stateDict())).toEqual(["child.weight"]);
    expect(parent.modules()).toEqual([parent, parent.child]);
  });

  test("refuses two fields with one key", () => {
    class Twice extends Module {
      readonly runningMean = new State(zeros([1]));
      readonly running_mean = new State(zeros([1]));
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(failure(() => new Twice().stateDict()).code).toBe("STATE_KEY_REPEATED");
  });
});

describe("what is in a module", () => {
  test("is found by its path or key, under each of them where it is shared", () => {
    const shared = new Linear(2, 2);
    const model = new Sequential(shared, new BatchNorm1d(2), shared);
    expect(model.namedChildren()).toEqual([
      ["0", shared],
      ["1", model.at(1)],
    ]);
    expect([model.getSubmodule("2"), model.getSubmodule("")]).toEqual([shared, model]);
    expect(model.getParameter("2.bias")).toBe(shared.bias);
    expect(model.getBuffer("1.running_mean")).toBe((model.at(1) as BatchNorm1d).runningMean);
    expect(new Model().getSubmodule("layers.2.0")).toBeInstanceOf(Linear);
    const message =
      'PARAMETER_UNKNOWN Sequential: there is no parameter "3.bias"; there are 0.weight, 0.bias, 1.weight,';
    const missing = failure(() => model.getParameter("3.bias"));
    expect(`${missing.code} ${missing.message}`).toContain(message);
    expect(failure(() => model.getParameter("1.running_mean")).code).toBe("PARAMETER_UNKNOWN");
    expect(failure(() => model.getBuffer("0.weight")).code).toBe("BUFFER_UNKNOWN");
    for (const junk of ["0.1", "9", null, 1, Symbol("s"), []]) {
      expect(failure(() => model.getSubmodule(junk as never)).code).toBe("MODULE_UNKNOWN");
    }
  });

  test("is looked for anew each time: arrays and Maps may change", () => {
    const model = new Model();
    model.layers.push(new Linear(1, 1));
    model.heads.set("right", new Linear(1, 1, { bias: false }));
    model.heads.delete("left");
    model.scales.pop();
    expect(Object.keys(model.stateDict()).filter((key) => !key.startsWith("conv1"))).toEqual([
      ...["scales.0", "layers.0.weight", "layers.0.bias", "layers.2.0.weight", "layers.3.weight", "layers.3.bias"],
      "heads.right.weight",
    ]);
  });

  test("is given to a function by apply, children first, once, also where modules know each other", () => {
    class Child extends Linear {
      parent: AnyModule | null = null;
    }
    const child = new Child(1, 1);
    const model = new Sequential(child, new Sequential(child, new ReLU()));
    child.parent = model;
    const seen: AnyModule[] = [];
    expect(model.apply((module) => void seen.push(module))).toBe(model);
    expect(seen).toEqual([child, (model.at(1) as Sequential).at(1), model.at(1), model]);
    expect(failure(() => model.apply(3 as never)).code).toBe("FUNCTION_KIND");
  });

  test("is frozen and thawed: nothing gets a gradient, nor keeps one", () => {
    const model = new Sequential(new Linear(2, 2), new Linear(2, 1));
    const loss = (): Tensor => model.forward(ones([1, 2])).sum();
    loss().backward();
    expect(model.at(0).freeze()).toBe(model.at(0));
    expect(model.parameters().map(({ requiresGrad, grad }) => requiresGrad && grad !== null)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    loss().backward();
    expect(
      model
        .at(0)
        .parameters()
        .every(({ grad }) => grad === null),
    ).toBe(true);
    expect(model.freeze().forward(ones([1, 2])).requiresGrad).toBe(false);
    loss();
    expect(failure(() => loss().backward()).code).toBe("NO_GRAPH");
    model.unfreeze();
    loss().backward();
    expect(model.parameters().every(({ grad }) => grad !== null)).toBe(true);
  });
});

describe("modes and gradients", () => {
  test("train and eval reach every module", () => {
    const model = new Model();
    expect(model.eval()).toBe(model);
    expect(model.modules().map(({ training }) => training)).toEqual(new Array(6).fill(false));
    model.train();
    expect(model.modules().every(({ training }) => training)).toBe(true);
  });

  test("zeroGrad forgets the gradients", () => {
    const model = new Linear(2, 1);
    model
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(model.weight.grad?.toArray()).toEqual([[1, 1]]);
    model.zeroGrad();
    expect(model.parameters().map(({ grad }) => grad)).toEqual([null, null]);
  });
});

describe("state dicts", () => {
  test("are snapshots, which later training does not change", () => {
    const model = new Linear(2, 1);
    const before = model.weight.toArray();
    const dict = model.stateDict();
    model.weight.assign(zeros([1, 2]));
    expect(dict["weight"].toArray()).toEqual(before);
    expect(dict["weight"].requiresGrad).toBe(false);
    expect(model.loadStateDict(dict).matched).toEqual(["weight", "bias"]);
    expect(model.weight.toArray()).toEqual(before);
  });

  test("that do not fit name everything that is wrong, and nothing is assigned", () => {
    const model = new Sequential(new Linear(2, 1), new Linear(1, 1));
    const before = model.parameters().map((parameter) => parameter.toArray());
    const dict = {
      "0.weight": zeros([1, 3]),
      "0.bias": zeros([1]),
      "1.weight": zeros([1, 1]),
      "2.weight": zeros([1]),
    };
    const error = failure(() => model.loadStateDict(dict));
    expect(error.code).toBe("STATE_DICT_MISMATCH");
    for (const part of ["missing 1.bias", "unexpected 2.weight", "0.weight [1, 3] for [1, 2]", "Sequential"]) {
      expect(error.message).toContain(part);
    }
    expect(model.parameters().map((parameter) => parameter.toArray())).toEqual(before);
  });

  test("load what fits when that is asked for", () => {
    const model = new Sequential(new Linear(2, 1), new Linear(1, 1));
    const report = model.loadStateDict(
      { "0.weight": zeros([1, 3]), "0.bias": ones([1]), more: ones([1]) },
      { strict: false },
    );
    expect(report).toEqual({
      matched: ["0.bias"],
      missing: ["1.weight", "1.bias"],
      unexpected: ["more"],
      mismatched: [{ key: "0.weight", expected: [1, 2], found: [1, 3] }],
    });
    expect(model.stateDict()["0.bias"].toArray()).toEqual([1]);
  });

  test("are converted to the dtypes of the module", () => {
    const layer = new BatchNorm1d(1);
    const dict = Object.fromEntries(Object.entries(layer.stateDict()).map(([key, x]) => [key, x.to("float64")]));
    layer.loadStateDict({ ...dict, num_batches_tracked: tensor(7, { dtype: "float64" }) });
    expect(layer.numBatchesTracked?.dtype).toBe("int32");
    expect(layer.numBatchesTracked?.item()).toBe(7);
    expect(layer.weight?.dtype).toBe("float32");
  });
});

describe("to", () => {
  test("replaces floating states by new ones of the dtype, shared ones by one", () => {
    const shared = new Linear(2, 2);
    const model = new Sequential(shared, new BatchNorm1d(2), shared);
    const weight = shared.weight;
    const content = weight.toArray();
    expect(model.to("float64")).toBe(model);
    expect(shared.weight).not.toBe(weight);
    expect(shared.weight).toBeInstanceOf(Parameter);
    expect(shared.weight.toArray()).toEqual(content);
    expect([...model.parameters(), ...model.buffers()].map(({ dtype }) => dtype)).toEqual([
      ...new Array(6).fill("float64"),
      "int32",
    ]);
    expect(model.parameters()).toHaveLength(4);
    expect(model.forward(ones([3, 2], { dtype: "float64" })).dtype).toBe("float64");
  });

  test("keeps one parameter that stands in two modules one", () => {
    class Tied extends Module {
      readonly weight = new Parameter(ones([2, 2]));
      readonly copies = [this.weight];
      forward(x: Tensor): Tensor {
        return matmul(x, this.weight);
      }
    }
    const tied = new Tied().to("float64");
    expect(tied.copies[0]).toBe(tied.weight);
    expect(tied.weight.dtype).toBe("float64");
  });
});

describe("errors", () => {
  class Outer extends Module {
    readonly body = new Sequential(new Linear(2, 3), new ReLU(), new Sequential(new Linear(5, 1)));
    forward(x: Tensor): Tensor {
      return add(this.body.forward(x), 1);
    }
  }

  test("in the forward of a child end with its path, once", () => {
    const error = failure(() => new Outer().forward(ones([1, 2])));
    expect(error.code).toBe("INPUT_SHAPE");
    expect(error.message).toMatch(/\(in model\.body\.2\.0\)$/);
    expect(error.message.match(/in model/g)).toHaveLength(1);
    expect(error.stack).toContain("(in model.body.2.0)");
  });

  test("of a module that is called by itself have no path", () => {
    expect(failure(() => new Linear(2, 1).forward(ones([1, 3]))).message).not.toContain("in model");
  });

  test("caught on the way leave later ones right", () => {
    class Careful extends Module {
      readonly first = new Linear(9, 1);
      readonly second = new Linear(8, 1);
      forward(x: Tensor): Tensor {
        failure(() => this.first.forward(x));
        return this.second.forward(x);
      }
    }
    expect(failure(() => new Careful().forward(ones([1, 2]))).message).toMatch(/\(in model\.second\)$/);
  });

  test("of an overridden forward that calls the one above it are named as well", () => {
    class Rectified extends Linear {
      override forward(x: Tensor): Tensor {
        return relu(super.forward(x));
      }
    }
    const model = new Sequential(new Rectified(2, 2));
    expect(model.forward(ones([1, 2])).shape).toEqual([1, 2]);
    expect(failure(() => model.forward(ones([1, 3]))).message).toMatch(/\(in model\.0\)$/);
  });
});

describe("Sequential", () => {
  test("can be walked and indexed", () => {
    const [first, second] = [new Linear(2, 2), new ReLU()];
    const model = new Sequential(first, second);
    expect([...model]).toEqual([first, second]);
    expect([model.at(0), model.at(-1), model.length]).toEqual([first, second, 2]);
    expect(failure(() => model.at(2)).code).toBe("INDEX_OUT_OF_RANGE");
    expect(failure(() => new Sequential(relu as never)).code).toBe("MODULE_KIND");
  });

  test("is trained through: every parameter gets a gradient", () => {
    const model = new Sequential(new Linear(2, 4), new BatchNorm1d(4), new Linear(4, 1));
    model
      .forward(
        tensor([
          [1, 2],
          [3, 5],
          [0, 1],
        ]),
      )
      .square()
      .sum()
      .backward();
    expect(model.parameters().every(({ grad }) => grad !== null)).toBe(true);
    expect(noGrad(() => model.eval().forward(ones([1, 2]))).requiresGrad).toBe(false);
  });
});
