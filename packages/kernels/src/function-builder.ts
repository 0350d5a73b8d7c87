import {
  concatenate,
  float32Bytes,
  float64Bytes,
  int32Bytes,
  int64Bytes,
  signed,
  signedBig,
  TYPE_BYTE,
  unsigned,
  vector,
  type ValueType,
} from "./encoding.js";
import { ATOMIC, eachInstruction, LANE, MEMORY, PLAIN, type NamesOf } from "./opcodes.js";

/** A parameter or local variable of one function. */
export interface Local {
  readonly index: number; // among parameters and locals together, parameters first
  readonly type: ValueType; // of its value
}

/** Where a branch goes: the end of a block or `if`, the start of a loop. Valid only inside its own body. */
export interface Label {
  readonly depth: number; // how many blocks are open inside its body, its own included: 1 for the outermost
}

/** A function that can be called from a body: imported or defined. */
export interface Callable {
  readonly index: number; // among the functions of the module, imports first
}

/** The methods that every instruction of the tables becomes; `Self` is what they return, for chaining. */
type Instructions<Self> = Record<NamesOf<typeof PLAIN>, () => Self> &
  Record<NamesOf<typeof MEMORY>, (offset?: number) => Self> &
  Record<NamesOf<typeof ATOMIC>, (offset?: number) => Self> &
  Record<NamesOf<typeof LANE>, (lane: number) => Self>;

/**
 * Emits the body of one function, in stack order: operands first, then the instruction.
 *
 * Every instruction of {@link PLAIN}, {@link MEMORY}, {@link ATOMIC} and {@link LANE} is a method
 * of that name that returns the builder: `f.get(x).get(y).f32x4Add().set(x)`. Loads and stores take a byte offset
 * (default 0), lane instructions a lane.
 */
export interface FunctionBuilder extends Instructions<FunctionBuilder> {}

export class FunctionBuilder implements Callable {
  readonly index: number; // among the functions of the module, imports first
  readonly parameters: readonly Local[]; // as locals that hold the arguments
  readonly results: readonly ValueType[]; // the types left on the stack at the end
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];
  #depth = 0;

  constructor(index: number, parameters: readonly ValueType[], results: readonly ValueType[]) {
    this.index = index;
    this.parameters = parameters.map((type, i) => ({ index: i, type }));
    this.results = results;
  }

  /** Declares a local variable, 0 at the start of each call. */
  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.parameters.length + this.#locals.length - 1, type };
  }

  /** Declares `count` local variables of one type. */
  locals(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** Appends raw bytes: for an instruction that the tables lack. */
  emit(...bytes: readonly number[]): this {
    this.#code.push(...bytes);
    return this;
  }

  /** Pushes the value of a local. */
  get(local: Local): this {
    return this.emit(0x20, ...unsigned(local.index));
  }

  /** Pops into a local. */
  set(local: Local): this {
    return this.emit(0x21, ...unsigned(local.index));
  }

  /** Copies the top of the stack into a local and leaves it on the stack. */
  tee(local: Local): this {
    return this.emit(0x22, ...unsigned(local.index));
  }

  /** Pushes a 32-bit integer; values in `[2^31, 2^32)` are taken as their bits. */
  i32Const(value: number): this {
    return this.emit(0x41, ...signed(value));
  }

  /** Pushes a 64-bit integer. */
  i64Const(value: bigint): this {
    return this.emit(0x42, ...signedBig(value));
  }

  /** Pushes a number, rounded to a float. */
  f32Const(value: number): this {
    return this.emit(0x43, ...float32Bytes(value));
  }

  /** Pushes a double. */
  f64Const(value: number): this {
    return this.emit(0x44, ...float64Bytes(value));
  }

  /** Pushes a vector given by its 16 bytes. */
  v128Const(bytes: readonly number[]): this {
    if (bytes.length !== 16) throw new Error(`internal: v128 constant of ${bytes.length} bytes`);
    return this.emit(0xfd, 0x0c, ...bytes);
  }

  /** Pushes four floats: one value for all lanes, or four. */
  f32x4Const(x: number, y = x, z = x, w = x): this {
    return this.v128Const(float32Bytes(x, y, z, w));
  }

  /** Pushes two doubles: one value for both lanes, or two. */
  f64x2Const(x: number, y = x): this {
    return this.v128Const(float64Bytes(x, y));
  }

  /** Pushes four 32-bit integers: one value for all lanes, or four. */
  i32x4Const(x: number, y = x, z = x, w = x): this {
    return this.v128Const(int32Bytes(x, y, z, w));
  }

  /** Pushes two 64-bit integers: one value for both lanes, or two. */
  i64x2Const(x: bigint, y = x): this {
    return this.v128Const(int64Bytes(x, y));
  }

  /** `i8x16.shuffle`: byte i of the result is byte `lanes[i]` of the two operands laid end to end (0 to 31). */
  i8x16Shuffle(lanes: readonly number[]): this {
    if (lanes.length !== 16) throw new Error(`internal: shuffle of ${lanes.length} lanes`);
    return this.emit(0xfd, 0x0d, ...lanes);
  }

  /** A shuffle of 32-bit lanes: lane i of the result is lane `lanes[i]` of the two operands (0 to 7). */
  i32x4Shuffle(...lanes: readonly [number, number, number, number]): this {
    return this.i8x16Shuffle(lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
  }

  /** A shuffle of 64-bit lanes: lane i of the result is lane `lanes[i]` of the two operands (0 to 3). */
  i64x2Shuffle(...lanes: readonly [number, number]): this {
    return this.i8x16Shuffle(lanes.flatMap((lane) => Array.from({ length: 8 }, (_, byte) => 8 * lane + byte)));
  }

  /** A block: branching to its label leaves it. `result` is the type of the value it leaves on the stack. */
  block(body: (leave: Label) => void, result?: ValueType): this {
    return this.#structure(0x02, body, result);
  }

  /** A loop: branching to its label starts the next round; falling off its end leaves it. */
  loop(body: (again: Label) => void, result?: ValueType): this {
    return this.#structure(0x03, body, result);
  }

  /** Pops a condition and runs `then` when it is not 0, else `otherwise`. */
  if(then: (leave: Label) => void, otherwise?: (leave: Label) => void, result?: ValueType): this {
    return this.#structure(0x04, then, result, otherwise);
  }

  #structure(
    opcode: number,
    body: (label: Label) => void,
    result: ValueType | undefined,
    otherwise?: (label: Label) => void,
  ): this {
    this.emit(opcode, result === undefined ? 0x40 : TYPE_BYTE[result]);
    const label = { depth: ++this.#depth };
    body(label);
    if (otherwise) {
      this.emit(0x05);
      otherwise(label);
    }
    this.#depth--;
    return this.emit(0x0b);
  }

  /** Branches to a label. */
  br(label: Label): this {
    return this.emit(0x0c, ...unsigned(this.#depth - label.depth));
  }

  /** Pops a condition and branches to a label when it is not 0. */
  brIf(label: Label): this {
    return this.emit(0x0d, ...unsigned(this.#depth - label.depth));
  }

  /** Pops an index and branches to `labels[index]`, or to `otherwise` beyond the last. */
  brTable(labels: readonly Label[], otherwise: Label): this {
    const depth = (label: Label): number[] => unsigned(this.#depth - label.depth);
    return this.emit(0x0e, ...vector(labels.map(depth)), ...depth(otherwise));
  }

  /** Pops the arguments of a function, the last one first, calls it and pushes its results. */
  call(callee: Callable): this {
    return this.emit(0x10, ...unsigned(callee.index));
  }

  /** Pops destination, source and number of bytes; the ranges may overlap. */
  memoryCopy(): this {
    return this.emit(0xfc, 10, 0, 0);
  }

  /** Pops destination, byte value and number of bytes. */
  memoryFill(): this {
    return this.emit(0xfc, 11, 0);
  }

  /** The entry of this function in the code section. */
  encode(): number[] {
    const locals = vector(this.#locals.map((type) => [1, TYPE_BYTE[type]]));
    const body = concatenate([locals, this.#code, [0x0b]]);
    return concatenate([unsigned(body.length), body]);
  }
}

/** The bytes of an opcode of the tables. */
function opcodeBytes(opcode: number): number[] {
  return opcode < 0x10000 ? [opcode] : [opcode >> 16, ...unsigned(opcode & 0xffff)];
}

/** Atomic accesses must state their natural alignment, as the logarithm of the bytes. */
const atomicAlignment = (name: string): number => (name.startsWith("i64") ? 3 : 2);

/** Makes every instruction of a table a method that emits its opcode and what `operands` makes of the method's argument. */
function install(
  runs: typeof PLAIN | typeof MEMORY | typeof ATOMIC | typeof LANE,
  operands: (name: string, x: number) => number[],
): void {
  eachInstruction(runs, (name, opcode) => {
    const bytes = opcodeBytes(opcode);
    Object.defineProperty(FunctionBuilder.prototype, name, {
      value(this: FunctionBuilder, x = 0) {
        return this.emit(...bytes, ...operands(name, x));
      },
    });
  });
}

install(PLAIN, () => []);
// Alignment 0 (one byte) is always allowed and costs nothing in today's engines.
install(MEMORY, (_, offset) => [0, ...unsigned(offset)]);
install(ATOMIC, (name, offset) => [atomicAlignment(name), ...unsigned(offset)]);
install(LANE, (_, lane) => [lane]);
