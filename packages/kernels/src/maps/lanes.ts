import type { Callable, FunctionBuilder, Local } from "../assembler.js";
import type { NamesOf, PLAIN } from "../opcodes.js";

type Plain = NamesOf<typeof PLAIN>;

/** An instruction of the assembler on whole vectors. */
export type VectorInstruction = Extract<Plain, `${"f32x4" | "f64x2" | "i32x4" | "i64x2" | "v128"}${string}`>;

/** The scalar functions a kernel can call lane by lane, on doubles. */
export type LaneCall =
  "sin" | "cos" | "tan" | "exp" | "expm1" | "log" | "log1p" | "atan" | "tanh" | "erf" | "pow" | "mod";

/** How often a value changes: 0 never (made of constants), 1 once a row (of scalar inputs), 2 at every element. */
export type Level = 0 | 1 | 2;

/** Where the instructions of a graph go: the function, its callable imports, and the loads of its inputs. */
export interface LaneTarget {
  readonly code: FunctionBuilder;
  readonly calls: ReadonlyMap<LaneCall, Callable>;
  /** Collects the lanes that a fast path got wrong; null when they are to be computed lane by lane at once. */
  readonly alarm: Local | null;
  loadInput(input: number): void;
}

/** One 128-bit value: a node of a graph of vector instructions. */
export interface Lane {
  readonly index: number;
  readonly level: Level;
  readonly operands: readonly Lane[];
  /** Leaves the value on the stack. */
  readonly emit: (target: LaneTarget, operands: readonly Local[]) => void;
}

/**
 * A graph of 128-bit values. Equal instructions on equal operands are the same node, so common subexpressions and
 * constants are computed once; a node knows its {@link Level}, so that what does not change leaves the loop.
 */
export class LaneGraph {
  readonly nodes: Lane[] = [];
  readonly calls = new Set<LaneCall>();
  readonly #known = new Map<string, Lane>();

  /** An input of the kernel, read at every element or, when `scalar`, once a row. */
  input(index: number, scalar: boolean): Lane {
    return this.#node(`input ${index}`, [], (target) => target.loadInput(index), scalar ? 1 : 2);
  }

  /** A vector of four equal 32-bit words. */
  bits32(value: number): Lane {
    return this.#node(`i32 ${value >>> 0}`, [], ({ code }) => code.i32x4Const(value), 0);
  }

  /** A vector of two equal 64-bit words. */
  bits64(value: bigint): Lane {
    return this.#node(`i64 ${BigInt.asUintN(64, value)}`, [], ({ code }) => code.i64x2Const(value), 0);
  }

  /** An instruction whose operands are vectors. */
  apply(name: VectorInstruction, ...operands: readonly Lane[]): Lane {
    return this.#node(name, operands, ({ code }, locals) => {
      for (const local of locals) code.get(local);
      code[name]();
    });
  }

  /** A shift of every word by a constant. */
  shift(name: Extract<VectorInstruction, `${string}${"Shl" | "ShrS" | "ShrU"}`>, x: Lane, amount: number): Lane {
    return this.#node(`${name} ${amount}`, [x], ({ code }, [local]) => code.get(local).i32Const(amount)[name]());
  }

  /** The 32-bit words `lanes` of x and y laid end to end. */
  shuffle(x: Lane, y: Lane, lanes: readonly [number, number, number, number]): Lane {
    return this.#node(`shuffle ${lanes.join()}`, [x, y], ({ code }, locals) => {
      code
        .get(locals[0])
        .get(locals[1])
        .i32x4Shuffle(...lanes);
    });
  }

  /** `mask ? x : y`, bit by bit. */
  select(mask: Lane, x: Lane, y: Lane): Lane {
    return this.apply("v128Bitselect", x, y, mask);
  }

  /** `call` applied lane by lane to vectors of `shape`. */
  eachLane(call: LaneCall, shape: "f32x4" | "f64x2", operands: readonly Lane[]): Lane {
    this.calls.add(call);
    return this.#node(`each ${call} ${shape}`, operands, (target, locals) => emitLanes(target, call, shape, locals));
  }

  /**
   * `wrong ? call(operands) : fast` for float32: a fast path and the lanes where it does not hold. In a kernel with an
   * alarm the wrong lanes only raise it, so that the loop stays free of branches and calls.
   */
  fallback(call: LaneCall, wrong: Lane, fast: Lane, operands: readonly Lane[]): Lane {
    this.calls.add(call);
    return this.#node(`fallback ${call}`, [wrong, fast, ...operands], (target, [mask, value, ...locals]) => {
      const { code, alarm } = target;
      if (alarm) {
        code.get(alarm).get(mask).v128Or().set(alarm).get(value);
        return;
      }
      const slow = (): void => {
        emitLanes(target, call, "f32x4", locals);
        code.get(value).get(mask).v128Bitselect();
      };
      code
        .get(mask)
        .v128AnyTrue()
        .if(slow, () => code.get(value), "v128");
    });
  }

  #node(key: string, operands: readonly Lane[], emit: Lane["emit"], level?: Level): Lane {
    const full = `${key}(${operands.map((operand) => operand.index).join()})`;
    let node = this.#known.get(full);
    if (!node) {
      const inherited = operands.reduce<Level>((most, operand) => (operand.level > most ? operand.level : most), 0);
      node = { index: this.nodes.length, level: level ?? inherited, operands, emit };
      this.nodes.push(node);
      this.#known.set(full, node);
    }
    return node;
  }
}

function emitLanes(
  { code, calls }: LaneTarget,
  call: LaneCall,
  shape: "f32x4" | "f64x2",
  locals: readonly Local[],
): void {
  const callee = calls.get(call);
  if (!callee) throw new Error(`internal: ${call} is not imported`);
  const single = shape === "f32x4";
  code.get(locals[0]);
  for (let lane = 0; lane < (single ? 4 : 2); lane++) {
    for (const local of locals) {
      if (single) code.get(local).f32x4ExtractLane(lane).f64PromoteF32();
      else code.get(local).f64x2ExtractLane(lane);
    }
    code.call(callee);
    if (single) code.f32DemoteF64().f32x4ReplaceLane(lane);
    else code.f64x2ReplaceLane(lane);
  }
}
