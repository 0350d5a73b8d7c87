import { add, ArgumentError, type Tensor } from "@adjoint/core";
import { shown } from "./checks.js";
import { checkModule } from "./containers.js";
import { Module } from "./module.js";

/**
 * `y = x`: a module that does nothing, to stand where another can be. Any shape.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Identity } from "@adjoint/nn";
 * console.log(new Identity().forward(tensor([1, 2]))); // → tensor([1, 2])
 * ```
 */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

/**
 * A function as a module, to stand in a {@link Sequential}; a name is printed with it. It has no parameters: those a function uses are
 * not found.
 *
 * @throws ArgumentError `FUNCTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Lambda, Sequential } from "@adjoint/nn";
 * const model = new Sequential(new Lambda((x) => x.square(), "square"), new Lambda((x) => x.add(1)));
 * console.log(model.forward(tensor([1, 2])).toArray()); // → [ 2, 5 ]
 * console.log(String(model.at(0))); // → Lambda(square)
 * ```
 */
export class Lambda<Inputs extends readonly unknown[] = [x: Tensor], Output = Tensor> extends Module<Inputs, Output> {
  private readonly fn: (...inputs: Inputs) => Output;
  private readonly title: string;

  constructor(fn: (...inputs: Inputs) => Output, name = "") {
    super();
    if (typeof fn !== "function") {
      throw new ArgumentError("FUNCTION_KIND", `Lambda: ${shown(fn)} is no function; give (x) => …`);
    }
    this.fn = fn;
    this.title = typeof name === "string" && name !== "" ? name : fn.name;
  }

  forward(...inputs: Inputs): Output {
    return this.fn(...inputs);
  }

  protected override extraRepr(): string {
    return this.title;
  }
}

/**
 * A module with a way around it, `y = f(x) + s(x)`: the shortcut s is `x` itself unless another module is given, which has to bring x into
 * the shape of `f(x)`. He et al., 2015, arXiv:1512.03385. State-dict keys begin with `body` and `shortcut`.
 *
 * @throws ArgumentError `MODULE_KIND`; in `forward` what the modules throw, and ShapeError where the shapes do not go together.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Lambda, Residual } from "@adjoint/nn";
 * console.log(new Residual(new Lambda((x) => x.mul(3))).forward(ones([2])).toArray()); // → [ 4, 4 ]
 * ```
 */
export class Residual extends Module {
  readonly body: Module; // f
  readonly shortcut: Module | null; // s

  constructor(body: Module, shortcut: Module | null = null) {
    super();
    checkModule("Residual", "the body", body);
    if (shortcut !== null) checkModule("Residual", "the shortcut", shortcut);
    this.body = body;
    this.shortcut = shortcut;
  }

  forward(x: Tensor): Tensor {
    return add(this.body.forward(x), this.shortcut ? this.shortcut.forward(x) : x);
  }
}
