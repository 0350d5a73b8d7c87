import { ArgumentError, type Parameter } from "@adjoint/core";
import { checkParameter, shown } from "./checks.js";
import { checkModule, Container, type Item } from "./containers.js";
import type { Field } from "./fields.js";
import type { AnyModule, Module } from "./module.js";

/** What holds things by name. */
abstract class Dict<T extends Item> extends Container<never[], never> implements Iterable<[name: string, item: T]> {
  private readonly items = new Map<string, T>();

  /** Refuses what does not belong in it. */
  protected abstract check(item: T, name: string): void;

  constructor(items: Readonly<Record<string, T>> | Iterable<readonly [name: string, item: T]> = {}) {
    super();
    if (typeof items !== "object" || items === null) {
      throw new ArgumentError("LIST_KIND", `${new.target.name}: ${shown(items)}; give an object, { name: … }`);
    }
    const entries: Iterable<unknown> = Symbol.iterator in items ? items : Object.entries(items);
    for (const entry of entries) {
      const [name, item] = (Array.isArray(entry) ? entry : [entry]) as [string, T];
      this.set(name, item);
    }
  }

  /** How many there are. */
  get size(): number {
    return this.items.size;
  }

  /** Whether there is one of this name. */
  has(name: string): boolean {
    return this.items.has(name);
  }

  /** The one of this name. @throws ArgumentError `NAME_UNKNOWN`. */
  get(name: string): T {
    const item = this.items.get(name);
    if (item !== undefined) return item;
    throw new ArgumentError(
      "NAME_UNKNOWN",
      `${this.constructor.name}: there is no ${shown(name)}; there are ${[...this.keys()].map(shown).join(", ") || "none"}`,
    );
  }

  /** Puts one under a name. @throws ArgumentError `NAME_INVALID`, `MODULE_KIND` or `PARAMETER_KIND`. */
  set(name: string, item: T): this {
    if (typeof name !== "string" || name === "" || name.includes(".")) {
      throw new ArgumentError(
        "NAME_INVALID",
        `${this.constructor.name}: the name ${shown(name)}; give a string without dots`,
      );
    }
    this.check(item, name);
    this.items.set(name, item);
    return this;
  }

  /** Takes the one of this name out, and says whether it was there. */
  delete(name: string): boolean {
    return this.items.delete(name);
  }

  /** The names, in the order in which they were put in. */
  keys(): IterableIterator<string> {
    return this.items.keys();
  }

  /** What is under the names. */
  values(): IterableIterator<T> {
    return this.items.values();
  }

  /** Names, and what is under them. */
  entries(): IterableIterator<[name: string, item: T]> {
    return this.items.entries();
  }

  /** Names, and what is under them. */
  [Symbol.iterator](): IterableIterator<[name: string, item: T]> {
    return this.entries();
  }

  override fields(): Iterable<Field> {
    return [...this.items].map(([name, item]) => [name, item, (next) => this.items.set(name, next as T)]);
  }

  override keyOf(name: string): string {
    return name;
  }
}

/**
 * Modules by name. State-dict keys are the names: `heads.left.weight`. A plain Map in a field does as well.
 *
 * @throws ArgumentError `MODULE_KIND`, `LIST_KIND`, `NAME_INVALID`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { Linear, ModuleDict } from "@adjoint/nn";
 * const heads = new ModuleDict({ left: new Linear(2, 1) });
 * heads.set("right", new Linear(2, 3));
 * console.log([...heads.keys()], heads.get("right").weight.shape); // → [ 'left', 'right' ] [ 3, 2 ]
 * ```
 */
export class ModuleDict<M extends AnyModule = Module> extends Dict<M> {
  protected check(module: M, name: string): void {
    checkModule("ModuleDict", shown(name), module);
  }
}

/**
 * Parameters by name. State-dict keys are the names: `scales.left`. A plain Map in a field does as well.
 *
 * @throws ArgumentError `PARAMETER_KIND`, `LIST_KIND`, `NAME_INVALID`; in `forward`, which it does not have, `FORWARD_MISSING`.
 * @example
 * ```ts
 * import { ones, Parameter } from "@adjoint/core";
 * import { ParameterDict } from "@adjoint/nn";
 * const scales = new ParameterDict({ left: new Parameter(ones([2])) });
 * console.log(scales.get("left").shape, Object.keys(scales.stateDict())); // → [ 2 ] [ 'left' ]
 * ```
 */
export class ParameterDict extends Dict<Parameter> {
  protected check(parameter: Parameter): void {
    checkParameter("ParameterDict", parameter);
  }
}
