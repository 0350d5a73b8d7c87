import { ArgumentError, IndexError, type Parameter, State, type Tensor } from "@adjoint/core";
import { shown } from "./checks.js";
import type { Field } from "./fields.js";
import { type AnyModule, Module } from "./module.js";

/** Refuses what is no module, or has no `forward`. @throws ArgumentError `MODULE_KIND`. */
export function checkModule(caller: string, place: string, module: AnyModule): void {
  if (!(module instanceof Module)) {
    throw new ArgumentError(
      "MODULE_KIND",
      `${caller}: ${place} is ${shown(module)}, not a Module; wrap functions: new Lambda((x) => …)`,
    );
  }
  // Where no compiler checks it, a class can leave out what is abstract.
  if (typeof module.forward !== "function") {
    throw new ArgumentError(
      "MODULE_KIND",
      `${caller}: ${place}, of class ${module.constructor.name}, has no forward; give its class a method forward(x)`,
    );
  }
}

/** What holds things in order: their places, and the loop over them. */
abstract class List<Item extends object, Inputs extends readonly unknown[], Output>
  extends Module<Inputs, Output>
  implements Iterable<Item>
{
  private readonly items: Item[] = [];

  /** Refuses what does not belong in the list. */
  protected abstract check(item: Item, place: number): void;

  /** The number of things in it. */
  get length(): number {
    return this.items.length;
  }

  /**
   * The one at a place; negative places count from the end.
   *
   * @throws IndexError `INDEX_OUT_OF_RANGE`.
   */
  at(index: number): Item {
    const item = Number.isInteger(index) ? this.items.at(index) : undefined;
    if (item !== undefined) return item;
    const { name } = this.constructor;
    throw new IndexError("INDEX_OUT_OF_RANGE", `${name}: there is no place ${shown(index)}; it has ${this.length}`);
  }

  /** Adds one at the end. @throws ArgumentError `MODULE_KIND` or `PARAMETER_KIND`. */
  append(item: Item): this {
    return this.extend([item]);
  }

  /** Adds several at the end; nothing is added when one of them does not belong there. */
  extend(items: Iterable<Item>): this {
    const more = [...items];
    more.forEach((item, i) => this.check(item, this.items.length + i));
    this.items.push(...more);
    return this;
  }

  /** Adds one before that at a place. @throws IndexError `INDEX_OUT_OF_RANGE`. */
  insert(index: number, item: Item): this {
    if (index !== this.length) this.at(index);
    this.check(item, index);
    this.items.splice(index, 0, item);
    return this;
  }

  /** Those in it, in order. */
  [Symbol.iterator](): Iterator<Item> {
    return this.items[Symbol.iterator]();
  }

  override fields(): Iterable<Field> {
    return this.items.map((item, i) => [String(i), item, (next: object) => (this.items[i] = next as Item)] as const);
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
 * ```
 */
export class Sequential extends List<Module, [x: Tensor], Tensor> {
  constructor(...modules: readonly Module[]) {
    super();
    this.extend(modules);
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (const module of this) y = module.forward(y);
    return y;
  }

  protected check(module: Module, place: number): void {
    checkModule("Sequential", `argument ${place}`, module);
  }
}

/** What has no `forward` of its own. */
function noForward(name: string): never {
  throw new ArgumentError("FORWARD_MISSING", `${name}: it has no forward; call those of the modules in it`);
}

/**
 * A list of modules, which the module that has it calls as it likes. State-dict keys are the places: `layers.0.weight`. A plain array
 * in a field does as well; this one can be put where a module is wanted.
 *
 * @throws ArgumentError `MODULE_KIND`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { Linear, ModuleList } from "@adjoint/nn";
 * const layers = new ModuleList([new Linear(2, 3)]).append(new Linear(3, 1));
 * console.log(layers.length, [...layers].map((layer) => layer.weight.shape)); // → 2 [ [ 3, 2 ], [ 1, 3 ] ]
 * ```
 */
export class ModuleList<M extends AnyModule = Module> extends List<M, never[], never> {
  constructor(modules: Iterable<M> = []) {
    super();
    if (typeof modules !== "object" || modules === null || !(Symbol.iterator in modules)) {
      throw new ArgumentError("MODULE_KIND", `ModuleList: ${shown(modules)} is no list; give an array of modules`);
    }
    this.extend(modules);
  }

  forward(): never {
    return noForward("ModuleList");
  }

  protected check(module: M, place: number): void {
    checkModule("ModuleList", `item ${place}`, module);
  }
}

/**
 * A list of parameters. State-dict keys are the places: `scales.0`. A plain array in a field does as well.
 *
 * @throws ArgumentError `PARAMETER_KIND`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { ones, Parameter } from "@adjoint/core";
 * import { ParameterList } from "@adjoint/nn";
 * const scales = new ParameterList([new Parameter(ones([2]))]).append(new Parameter(ones([3])));
 * console.log(Object.keys(scales.stateDict())); // → [ '0', '1' ]
 * ```
 */
export class ParameterList extends List<Parameter, never[], never> {
  constructor(parameters: Iterable<Parameter> = []) {
    super();
    if (typeof parameters !== "object" || parameters === null || !(Symbol.iterator in parameters)) {
      throw new ArgumentError("PARAMETER_KIND", `ParameterList: ${shown(parameters)} is no list; give an array`);
    }
    this.extend(parameters);
  }

  forward(): never {
    return noForward("ParameterList");
  }

  protected check(parameter: Parameter, place: number): void {
    if (parameter instanceof State) return;
    throw new ArgumentError(
      "PARAMETER_KIND",
      `ParameterList: item ${place} is ${shown(parameter)}; give new Parameter(...)`,
    );
  }
}

/**
 * Modules by name. State-dict keys are the names: `heads.left.weight`. A plain Map in a field does as well.
 *
 * @throws ArgumentError `MODULE_KIND`; in `get` IndexError `MODULE_UNKNOWN`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { Linear, ModuleDict } from "@adjoint/nn";
 * const heads = new ModuleDict({ left: new Linear(2, 1) });
 * heads.set("right", new Linear(2, 3));
 * console.log([...heads.keys()], heads.get("right").weight.shape); // → [ 'left', 'right' ] [ 3, 2 ]
 * ```
 */
export class ModuleDict<M extends AnyModule = Module>
  extends Module<never[], never>
  implements Iterable<[name: string, module: M]>
{
  private readonly entriesByName = new Map<string, M>();

  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [name: string, module: M]> = {}) {
    super();
    if (typeof modules !== "object" || modules === null) {
      throw new ArgumentError("MODULE_KIND", `ModuleDict: ${shown(modules)}; give an object of modules by name`);
    }
    const entries: Iterable<unknown> = Symbol.iterator in modules ? modules : Object.entries(modules);
    for (const entry of entries) {
      const [name, module] = (Array.isArray(entry) ? entry : [entry]) as [string, M];
      this.set(name, module);
    }
  }

  /** How many there are. */
  get size(): number {
    return this.entriesByName.size;
  }

  /** Whether there is one of this name. */
  has(name: string): boolean {
    return this.entriesByName.has(name);
  }

  /** The one of this name. @throws IndexError `MODULE_UNKNOWN`. */
  get(name: string): M {
    const module = this.entriesByName.get(name);
    if (module !== undefined) return module;
    throw new IndexError(
      "MODULE_UNKNOWN",
      `ModuleDict: there is no ${shown(name)}; there are ${[...this.keys()].map(shown).join(", ") || "none"}`,
    );
  }

  /** Puts a module under a name. @throws ArgumentError `MODULE_KIND`. */
  set(name: string, module: M): this {
    if (typeof name !== "string" || name === "" || name.includes(".")) {
      throw new ArgumentError("MODULE_KIND", `ModuleDict: the name ${shown(name)}; give a string without dots`);
    }
    checkModule("ModuleDict", shown(name), module);
    this.entriesByName.set(name, module);
    return this;
  }

  /** Takes the one of this name out, and says whether it was there. */
  delete(name: string): boolean {
    return this.entriesByName.delete(name);
  }

  /** The names. */
  keys(): Iterator<string> & Iterable<string> {
    return this.entriesByName.keys();
  }

  /** The modules. */
  values(): Iterator<M> & Iterable<M> {
    return this.entriesByName.values();
  }

  /** Names and modules. */
  [Symbol.iterator](): Iterator<[name: string, module: M]> {
    return this.entriesByName.entries();
  }

  override fields(): Iterable<Field> {
    return this.entriesByName;
  }

  override keyOf(name: string): string {
    return name;
  }

  forward(): never {
    return noForward("ModuleDict");
  }
}
