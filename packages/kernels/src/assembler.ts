import { concatenate, section, text, TYPE_BYTE, unsigned, vector, type ValueType } from "./encoding.js";
import { FunctionBuilder, type Callable } from "./function-builder.js";

export type { ValueType } from "./encoding.js";
export { FunctionBuilder, type Callable, type Label, type Local } from "./function-builder.js";

/** The size of a memory in pages of 64 KiB. A shared memory must state its maximum. */
export interface MemoryLimits {
  readonly minimum: number; // pages at the start
  readonly maximum?: number; // pages it can grow to (default: as many as the engine allows)
  readonly shared?: boolean; // whether several threads can hold it (default false)
}

/** A function to define. */
export interface FunctionSignature {
  readonly name?: string; // under which it is exported (default: it is not)
  readonly parameters: readonly ValueType[]; // their types, in order
  readonly results?: readonly ValueType[]; // their types (default none)
}

/**
 * Builds one WebAssembly module in the binary format.
 *
 * Imports come first; then functions are defined and their bodies emitted in any order; `build()` gives the bytes.
 * Nothing is checked beyond what encoding needs: `WebAssembly.Module` validates the whole.
 *
 * ```ts
 * const module = new ModuleBuilder();
 * const f = module.defineFunction({ name: "axpy", parameters: ["f32", "f32", "f32"], results: ["f32"] });
 * const [a, x, y] = f.parameters;
 * f.get(a).get(x).f32Mul().get(y).f32Add();
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()));
 * ```
 */
export class ModuleBuilder {
  readonly #types = new Map<string, { index: number; bytes: number[] }>();
  readonly #imports: number[][] = [];
  readonly #functions: { type: number; builder: FunctionBuilder }[] = [];
  readonly #exports: number[][] = [];
  #memory: number[][] = [];
  #importedFunctions = 0;

  /** Imports the one memory of the module. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#imports.push([...text(module), ...text(name), 0x02, ...encodeLimits(limits)]);
  }

  /** Defines the one memory of the module, exported under `name` when given. */
  defineMemory(limits: MemoryLimits, name?: string): void {
    this.#memory = [encodeLimits(limits)];
    if (name !== undefined) this.#exports.push([...text(name), 0x02, 0]);
  }

  /** Imports a function. All imports must precede the first definition, which fixes the numbering. */
  importFunction(
    module: string,
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[] = [],
  ): Callable {
    if (this.#functions.length > 0) throw new Error(`internal: import of ${name} after a function definition`);
    this.#imports.push([...text(module), ...text(name), 0x00, ...unsigned(this.#type(parameters, results))]);
    return { index: this.#importedFunctions++ };
  }

  /** Defines a function; its body is emitted through the builder that is returned. */
  defineFunction(signature: FunctionSignature): FunctionBuilder {
    const { name, parameters, results = [] } = signature;
    const builder = new FunctionBuilder(this.#importedFunctions + this.#functions.length, parameters, results);
    this.#functions.push({ type: this.#type(parameters, results), builder });
    if (name !== undefined) this.#exports.push([...text(name), 0x00, ...unsigned(builder.index)]);
    return builder;
  }

  /** The bytes of the module. */
  build(): Uint8Array<ArrayBuffer> {
    const types = [...this.#types.values()].map((type) => type.bytes);
    return Uint8Array.from(
      concatenate([
        [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        section(1, types),
        section(2, this.#imports),
        section(
          3,
          this.#functions.map(({ type }) => unsigned(type)),
        ),
        section(5, this.#memory),
        section(7, this.#exports),
        section(
          10,
          this.#functions.map(({ builder }) => builder.encode()),
        ),
      ]),
    );
  }

  #type(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${parameters.join()}:${results.join()}`;
    let type = this.#types.get(key);
    if (!type) {
      const list = (types: readonly ValueType[]): number[] => vector(types.map((t) => [TYPE_BYTE[t]]));
      type = { index: this.#types.size, bytes: [0x60, ...list(parameters), ...list(results)] };
      this.#types.set(key, type);
    }
    return type.index;
  }
}

function encodeLimits({ minimum, maximum, shared = false }: MemoryLimits): number[] {
  if (maximum === undefined) {
    if (shared) throw new Error("internal: a shared memory needs a maximum");
    return [0x00, ...unsigned(minimum)];
  }
  return [shared ? 0x03 : 0x01, ...unsigned(minimum), ...unsigned(maximum)];
}
