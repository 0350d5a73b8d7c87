import { ArgumentError, IndexError, type Parameter, type Tensor } from "@adjoint/core";
import { checkParameter, shown } from "./checks.js";
import type { Field } from "./fields.js";
import { type AnyModule, Module } from "./module.js";

/** Refuses what is no module, or has no `forward`. @throws ArgumentError `MODULE_KIND`. */
export function checkModule(caller: string, place: string, module: AnyModule): void {
  if (!(module instanceof Module)) throw noModule(caller, place, module);
  // Where no compiler checks it, a class can leave out what is abstract.
  if (typeof module.forward !== "function") {
    throw new ArgumentError(
      "MODULE_KIND",
      `${caller}: ${place}, of class ${module.constructor.name}, has no forward; give its class a method forward(x)`,
    );
  }
}

/** An error that says what to write in the place of what is no module. */
function noModule(caller: string, place: string, x: unknown): ArgumentError {
  const name = `${caller}: ${place} is`;
  if (typeof x === "function" && x.prototype instanceof Module) {
    return new ArgumentError("MODULE_KIND", `${name} the class ${x.name}, not a Module; write new ${x.name}(…)`);
  }
  const cure =
    Array.isArray(x) && x.some((item) => item instanceof Module)
      ? `list them, ...modules, without the array`
      : "wrap functions: new Lambda((x) => …)";
  return new ArgumentError("MODULE_KIND", `${name} ${shown(x)}, not a Module; ${cure}`);
}

/** What a container can hold. */
export type Item = AnyModule | Parameter;

/** What holds modules or parameters, and has no `forward` unless it is given one. */
export abstract class Container<Inputs extends readonly unknown[], Output> extends Module<Inputs, Output> {
  forward(..._inputs: Inputs): Output {
    const { name } = this.constructor;
    throw new ArgumentError("FORWARD_MISSING", `${name}: it has no forward; call those of the modules in it`);
  }
}

/** What holds things in order: their places, and the loop over them. */
abstract class List<T extends Item, Inputs extends readonly unknown[] = never[], Output = never>
  extends Container<Inputs, Output>
  implements Iterable<T>
{
  private readonly items: T[] = [];

  /** Refuses what does not belong in the list. */
  protected abstract check(item: T, place: number): void;

  /** The number of things in it. */
  get length(): number {
    return this.items.length;
  }

  /**
   * The one at a place; negative places count from the end.
   *
   * @throws IndexError `INDEX_OUT_OF_RANGE`.
   */
  at(index: number): T {
    return this.items[this.place(index)];
  }

  /** Puts another one at a place. @throws as {@link at} and {@link append}. */
  set(index: number, item: T): this {
    const place = this.place(index);
    this.check(item, place);
    this.items[place] = item;
    return this;
  }

  /** Adds one at the end. @throws ArgumentError `MODULE_KIND` or `PARAMETER_KIND`. */
  append(item: T): this {
    return this.extend([item]);
  }

  /**
   * Adds several at the end; nothing is added when one of them does not belong there.
   *
   * @throws ArgumentError `LIST_KIND`, and as {@link append}.
   */
  extend(items: Iterable<T>): this {
    if (typeof items !== "object" || items === null || !(Symbol.iterator in items)) {
      throw new ArgumentError("LIST_KIND", `${this.constructor.name}: ${shown(items)} is no list; give an array`);
    }
    const more = [...items];
    more.forEach((item, i) => this.check(item, this.length + i));
    this.items.push(...more);
    return this;
  }

  /** Adds one before that at a place. @throws as {@link at} and {@link append}. */
  insert(index: number, item: T): this {
    const place = index === this.length ? index : this.place(index);
    this.check(item, place);
    this.items.splice(place, 0, item);
    return this;
  }

  /** Takes the one at a place out, by default the last, and gives it. @throws as {@link at}. */
  pop(index = -1): T {
    return this.items.splice(this.place(index), 1)[0];
  }

  /** Those in it, in order. */
  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }

  /** Those from one place to before another, as `Array.slice` counts. @throws IndexError `INDEX_OUT_OF_RANGE`. */
  protected part(start: number, end: number): T[] {
    for (const bound of [start, end]) if (!Number.isInteger(bound)) throw this.outside(bound);
    return this.items.slice(start, end);
  }

  private place(index: number): number {
    if (Number.isInteger(index) && index >= -this.length && index < this.length) {
      return index < 0 ? index + this.length : index;
    }
    throw this.outside(index);
  }

  private outside(index: number): IndexError {
    const { name } = this.constructor;
    return new IndexError("INDEX_OUT_OF_RANGE", `${name}: there is no place ${shown(index)}; it has ${this.length}`);
  }

  override fields(): Iterable<Field> {
    return this.items.map((item, i) => [String(i), item, (next) => (this.items[i] = next as T)]);
  }
}

/**
 * Modules one after the other: each takes what the one before gave. State-dict keys are the places: `0.weight`.
 *
 * @throws ArgumentError `MODULE_KIND` for something that is not a module, or has no `forward`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Flatten, Linear, ReLU, Sequential } from "@adjoint/nn";
 * const model = new Sequential(new Flatten(), new Linear(16, 8), new ReLU(), new Linear(8, 2));
 * console.log(model.forward(ones([3, 4, 4])).shape); // → [ 3, 2 ]
 * console.log(Object.keys(model.stateDict()).join(" ")); // → 1.weight 1.bias 3.weight 3.bias
 * console.log(model.slice(0, -1).append(new Linear(8, 5)).forward(ones([3, 4, 4])).shape); // → [ 3, 5 ]
 * ```
 */
export class Sequential extends List<Module, [x: Tensor], Tensor> {
  constructor(...modules: readonly Module[]) {
    super();
    this.extend(modules);
  }

  /** What the last module gives. */
  override forward(x: Tensor): Tensor {
    let y = x;
    for (const module of this) y = module.forward(y);
    return y;
  }

  /** The modules from one place to before another, the same ones in a new Sequential. @throws as {@link at}. */
  slice(start = 0, end = this.length): Sequential {
    return new Sequential(...this.part(start, end));
  }

  protected check(module: Module, place: number): void {
    checkModule("Sequential", `argument ${place}`, module);
  }
}

/**
 * A list of modules, which the module that has it calls as it likes. State-dict keys are the places: `layers.0.weight`. A plain array
 * in a field does as well; this one can be put where a module is wanted.
 *
 * @throws ArgumentError `MODULE_KIND`, `LIST_KIND`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { Linear, ModuleList } from "@adjoint/nn";
 * const layers = new ModuleList([new Linear(2, 3)]).append(new Linear(3, 1));
 * console.log(layers.length, [...layers].map((layer) => layer.weight.shape)); // → 2 [ [ 3, 2 ], [ 1, 3 ] ]
 * ```
 */
export class ModuleList<M extends AnyModule = Module> extends List<M> {
  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  /** The modules from one place to before another, the same ones in a new list. @throws as {@link at}. */
  slice(start = 0, end = this.length): ModuleList<M> {
    return new ModuleList(this.part(start, end));
  }

  protected check(module: M, place: number): void {
    checkModule("ModuleList", `item ${place}`, module);
  }
}

/**
 * A list of parameters. State-dict keys are the places: `scales.0`. A plain array in a field does as well.
 *
 * @throws ArgumentError `PARAMETER_KIND`, `LIST_KIND`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { ones, Parameter } from "@adjoint/core";
 * import { ParameterList } from "@adjoint/nn";
 * const scales = new ParameterList([new Parameter(ones([2]))]).append(new Parameter(ones([3])));
 * console.log(Object.keys(scales.stateDict())); // → [ '0', '1' ]
 * ```
 */
export class ParameterList extends List<Parameter> {
  constructor(parameters: Iterable<Parameter> = []) {
    super();
    this.extend(parameters);
  }

  /** The parameters from one place to before another, the same ones in a new list. @throws as {@link at}. */
  slice(start = 0, end = this.length): ParameterList {
    return new ParameterList(this.part(start, end));
  }

  protected check(parameter: Parameter): void {
    checkParameter("ParameterList", parameter);
  }
}
