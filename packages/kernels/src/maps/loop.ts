import type { Callable, FunctionBuilder, Local } from "../assembler.js";
import { whileBelow } from "../loops.js";
import type { Lane, LaneCall, LaneGraph, LaneTarget, Level } from "./lanes.js";

/**
 * How an input lies in memory: `dense` as `[rows, inner]`, `row` as one row `[inner]` that every row reads, `scalar` as
 * `[rows]`, one element a row.
 */
export type InputLayout = "dense" | "row" | "scalar";

/** What a map reads and writes, at fixed addresses. Arrays may be read and written up to 15 bytes past their end. */
export interface LoopPlan {
  readonly graph: LaneGraph;
  readonly results: readonly Lane[];
  readonly layouts: readonly InputLayout[];
  readonly inputAddresses: readonly number[];
  readonly outputAddresses: readonly number[];
  /** Bytes of an element: 4 or 8. */
  readonly elementBytes: 4 | 8;
  readonly calls: ReadonlyMap<LaneCall, Callable>;
  /** See {@link LaneTarget.alarm}. */
  readonly alarm: Local | null;
  /** Vectors per round of the main loop: two adjacent ones can be paired by V8's revectorizer. */
  readonly unroll: 1 | 2;
}

/** The registers of the loops, all byte offsets. */
export interface Cursor {
  /** Of the next vector from the start of a dense array. */
  readonly dense: Local;
  /** Of the next vector from the start of a row array. */
  readonly row: Local;
  /** Of the current element of a scalar array. */
  readonly scalar: Local;
}

/**
 * Emits the loops of a map over `rows` rows of `inner` elements, both i32 locals.
 *
 * A row is processed in whole vectors: what the last one writes past the end of the row is overwritten by the next row.
 */
export function emitLoops(code: FunctionBuilder, plan: LoopPlan, rows: Local, inner: Local): void {
  const cursor: Cursor = { dense: code.local("i32"), row: code.local("i32"), scalar: code.local("i32") };
  const [rowBytes, mainBytes, end] = code.locals("i32", 3);
  const { elementBytes, unroll } = plan;
  const emitter = new BodyEmitter(code, plan, cursor);
  emitter.emitLevel(0);
  code.get(inner).i32Const(elementBytes).i32Mul().set(rowBytes);
  code
    .get(rowBytes)
    .i32Const(-16 * unroll)
    .i32And()
    .set(mainBytes);
  code.get(rows).i32Const(elementBytes).i32Mul().set(end);
  code.block((done) => {
    code.get(end).i32Eqz().brIf(done);
    code.get(rowBytes).i32Eqz().brIf(done);
    code.loop((nextRow) => {
      emitter.emitLevel(1);
      code.i32Const(0).set(cursor.row);
      whileBelow(code, cursor.row, mainBytes, () => emitter.emitVectors(unroll));
      whileBelow(code, cursor.row, rowBytes, () => emitter.emitVectors(1));
      // The last vector may have gone past the end of the row.
      code.get(cursor.dense).get(rowBytes).get(cursor.row).i32Sub().i32Add().set(cursor.dense);
      code.get(cursor.scalar).i32Const(elementBytes).i32Add().tee(cursor.scalar);
      code.get(end).i32LtU().brIf(nextRow);
    });
  });
}

/** Emits the nodes of a graph into locals. */
export class BodyEmitter {
  readonly #code: FunctionBuilder;
  readonly #plan: LoopPlan;
  readonly #cursor: Cursor;
  /** The nodes of each level that the results need, in order. */
  readonly #levels: readonly (readonly Lane[])[];
  /** The last node that reads a node of level 2. */
  readonly #lastReader = new Map<Lane, Lane>();
  /** Where the nodes of levels 0 and 1 are. */
  readonly #permanent = new Map<Lane, Local>();
  readonly #free: Local[] = [];

  constructor(code: FunctionBuilder, plan: LoopPlan, cursor: Cursor) {
    this.#code = code;
    this.#plan = plan;
    this.#cursor = cursor;
    const needed = new Set<Lane>(plan.results);
    const { nodes } = plan.graph;
    // Operands precede their readers, so one pass backwards finds all that is needed.
    for (const node of [...nodes].reverse()) if (needed.has(node)) node.operands.forEach((x) => needed.add(x));
    const used = nodes.filter((node) => needed.has(node));
    this.#levels = [0, 1, 2].map((level) => used.filter((node) => node.level === level));
    for (const node of this.#levels[2]) for (const x of node.operands) this.#lastReader.set(x, node);
    for (const node of plan.results) this.#lastReader.delete(node);
  }

  /** Emits what is constant (level 0) or constant along a row (level 1). */
  emitLevel(level: Exclude<Level, 2>): void {
    for (const node of this.#levels[level]) this.#emitNode(node, 0, this.#permanent);
  }

  /** Emits `count` adjacent vectors of every output, all stores last, and moves the cursor on. */
  emitVectors(count: number): void {
    const { results, outputAddresses } = this.#plan;
    const code = this.#code;
    const values = this.emitResults(count);
    results.forEach((_, output) => {
      values.forEach((locals, copy) => {
        code
          .get(this.#cursor.dense)
          .get(locals[output])
          .v128Store(outputAddresses[output] + 16 * copy);
      });
    });
    for (const offset of [this.#cursor.dense, this.#cursor.row]) {
      code
        .get(offset)
        .i32Const(16 * count)
        .i32Add()
        .set(offset);
    }
  }

  /**
   * Computes `count` adjacent vectors of every output, instruction by instruction for all of them, so that the processor, which
   * looks ahead over little more than one, always has one that does not wait. Leaves them in locals until the next call.
   */
  emitResults(count: number): Local[][] {
    const { results } = this.#plan;
    const copies = Array.from({ length: count }, () => new Map<Lane, Local>());
    for (const node of this.#levels[2]) {
      copies.forEach((locals, copy) => this.#emitNode(node, 16 * copy, locals));
      for (const x of new Set(node.operands)) {
        if (this.#lastReader.get(x) === node && !this.#isPermanent(x)) {
          for (const locals of copies) this.#free.push(this.#local(x, locals));
        }
      }
    }
    const values = copies.map((locals) => results.map((node) => this.#local(node, locals)));
    const own = values.flatMap((locals) => locals.filter((_, i) => !this.#isPermanent(results[i])));
    this.#free.push(...new Set(own));
    return values;
  }

  #isPermanent(node: Lane): boolean {
    return node.level < 2;
  }

  #emitNode(node: Lane, byteOffset: number, locals: Map<Lane, Local>): void {
    node.emit(
      {
        code: this.#code,
        calls: this.#plan.calls,
        alarm: this.#plan.alarm,
        loadInput: (input) => this.#emitLoad(input, byteOffset),
      } satisfies LaneTarget,
      node.operands.map((x) => this.#local(x, locals)),
    );
    const local = (!this.#isPermanent(node) && this.#free.pop()) || this.#code.local("v128");
    locals.set(node, local);
    this.#code.set(local);
  }

  #emitLoad(input: number, byteOffset: number): void {
    const { layouts, inputAddresses, elementBytes } = this.#plan;
    const address = inputAddresses[input];
    const layout = layouts[input];
    if (layout === "scalar") {
      this.#code.get(this.#cursor.scalar);
      if (elementBytes === 4) this.#code.v128Load32Splat(address);
      else this.#code.v128Load64Splat(address);
    } else {
      this.#code.get(layout === "dense" ? this.#cursor.dense : this.#cursor.row).v128Load(address + byteOffset);
    }
  }

  #local(node: Lane, locals: ReadonlyMap<Lane, Local>): Local {
    const local = this.#permanent.get(node) ?? locals.get(node);
    if (!local) throw new Error("internal: a vector is read before it is computed");
    return local;
  }
}
