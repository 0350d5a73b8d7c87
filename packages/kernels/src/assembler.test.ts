import { describe, expect, test } from "vitest";
import { ModuleBuilder, type FunctionBuilder, type ValueType } from "./assembler.js";
import { ATOMIC, eachInstruction, LANE, MEMORY, PLAIN } from "./opcodes.js";

type Emit = (f: FunctionBuilder) => void;

/** Relaxed SIMD is behind a flag on Node 20 and 22, so its instructions are left to the tests of the kernels. */
const isRelaxed = (opcode: number): boolean => opcode >= 0xfd0100 && opcode < 0xfe0000;

function runBody(parameters: readonly ValueType[], result: ValueType, body: Emit, ...values: number[]): number {
  const module = new ModuleBuilder();
  module.defineMemory({ minimum: 1 });
  body(module.defineFunction({ name: "run", parameters, results: [result] }));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()));
  return (exports.run as (...values: number[]) => number)(...values);
}

/** Applies an instruction to vectors whose 16 bytes are `operands`, and returns the bytes of the result. */
function onVectors(emit: Emit, operands: readonly Uint8Array[]): Uint8Array {
  const module = new ModuleBuilder();
  module.defineMemory({ minimum: 1 }, "memory");
  const f = module.defineFunction({ name: "run", parameters: [] });
  f.i32Const(0);
  operands.forEach((operand) => f.v128Const([...operand]));
  emit(f);
  f.v128Store(64);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()));
  (exports.run as () => void)();
  return new Uint8Array((exports.memory as WebAssembly.Memory).buffer, 64, 16);
}

const bytesOf = (array: Float32Array | Float64Array | Int32Array): Uint8Array => new Uint8Array(array.buffer);
const f32 = (...x: number[]): Uint8Array => bytesOf(Float32Array.from(x));
const f64 = (...x: number[]): Uint8Array => bytesOf(Float64Array.from(x));
const i32 = (...x: number[]): Uint8Array => bytesOf(Int32Array.from(x));

describe("assembler", () => {
  test("every instruction of the tables validates with its immediate operands", () => {
    let checked = 0;
    const refused: string[] = [];
    const check = (name: string, ...immediates: number[]): void => {
      const module = new ModuleBuilder();
      module.defineMemory({ minimum: 1, maximum: 1, shared: true });
      const f = module.defineFunction({ parameters: [] });
      // After `unreachable` the stack is polymorphic: any instruction finds its operands there.
      const method: unknown = Reflect.get(f.unreachable(), name);
      if (typeof method !== "function") throw new Error(`${name} is missing`);
      method.apply(f, immediates);
      f.unreachable();
      checked++;
      if (!WebAssembly.validate(module.build())) refused.push(name);
    };
    eachInstruction(PLAIN, (name, opcode) => !isRelaxed(opcode) && name !== "select" && check(name));
    eachInstruction(MEMORY, (name) => check(name, 200));
    eachInstruction(ATOMIC, (name) => check(name, 200));
    eachInstruction(LANE, (name) => check(name, 1));
    expect(refused).toEqual([]);
    expect(checked).toBeGreaterThan(120);
  });

  test("scalar arithmetic and comparisons compute what their names say", () => {
    const binary = (type: ValueType, emit: Emit, x: number, y: number): number =>
      runBody([type, type], type, (f) => (f.get(f.parameters[0]).get(f.parameters[1]), emit(f)), x, y);
    expect(binary("i32", (f) => f.i32Sub(), 7, 9)).toBe(-2);
    expect(binary("i32", (f) => f.i32RemU(), 17, 5)).toBe(2);
    expect(binary("i32", (f) => f.i32ShrU(), -1, 28)).toBe(15);
    expect(binary("i32", (f) => f.i32GeS(), -1, 0)).toBe(0);
    expect(binary("i32", (f) => f.i32GeU(), -1, 0)).toBe(1);
    expect(binary("f64", (f) => f.f64Div(), 1, 8)).toBe(0.125);
    expect(binary("f64", (f) => f.f64Copysign(), 3, -0)).toBe(-3);
    expect(binary("f32", (f) => f.f32Max(), 2, 5)).toBe(5);
    expect(runBody(["f64"], "i32", (f) => f.get(f.parameters[0]).i32TruncSatF64S(), 1e20)).toBe(2147483647);
    expect(runBody(["f32"], "i32", (f) => f.get(f.parameters[0]).i32ReinterpretF32(), 1)).toBe(0x3f800000);
    expect(runBody(["i32"], "f32", (f) => f.get(f.parameters[0]).f32ConvertI32U(), -1)).toBe(4294967296);
    expect(runBody(["i32"], "i32", (f) => f.get(f.parameters[0]).i32Extend8S(), 0xff)).toBe(-1);
  });

  test.each<[string, Emit, Uint8Array[], Uint8Array]>([
    ["f32x4.add", (f) => f.f32x4Add(), [f32(1, 2, 3, 4), f32(5, 6, 7, 8)], f32(6, 8, 10, 12)],
    ["f32x4.sub", (f) => f.f32x4Sub(), [f32(1, 2, 3, 4), f32(5, 7, 9, 11)], f32(-4, -5, -6, -7)],
    ["f32x4.div", (f) => f.f32x4Div(), [f32(1, 2, 3, 4), f32(2, 2, 2, 2)], f32(0.5, 1, 1.5, 2)],
    ["f32x4.sqrt", (f) => f.f32x4Sqrt(), [f32(1, 4, 9, 16)], f32(1, 2, 3, 4)],
    ["f32x4.neg", (f) => f.f32x4Neg(), [f32(1, -4, 0, 16)], f32(-1, 4, -0, -16)],
    ["f32x4.pmin", (f) => f.f32x4Pmin(), [f32(1, 4, 0, 16), f32(2, 3, -1, 16)], f32(1, 3, -1, 16)],
    ["f32x4.pmax", (f) => f.f32x4Pmax(), [f32(1, 4, 0, 16), f32(2, 3, -1, 16)], f32(2, 4, 0, 16)],
    ["f32x4.floor", (f) => f.f32x4Floor(), [f32(1.5, -1.5, 0, 2)], f32(1, -2, 0, 2)],
    ["f32x4.trunc", (f) => f.f32x4Trunc(), [f32(1.5, -1.5, 0, 2)], f32(1, -1, 0, 2)],
    ["f32x4.nearest", (f) => f.f32x4Nearest(), [f32(1.5, 2.5, 0.4, 2)], f32(2, 2, 0, 2)],
    ["f32x4.lt", (f) => f.f32x4Lt(), [f32(1, 2, 3, NaN), f32(2, 2, 2, 2)], i32(-1, 0, 0, 0)],
    ["f32x4.ge", (f) => f.f32x4Ge(), [f32(1, 2, 3, NaN), f32(2, 2, 2, 2)], i32(0, -1, -1, 0)],
    ["f64x2.mul", (f) => f.f64x2Mul(), [f64(1.5, 3), f64(2, 5)], f64(3, 15)],
    ["f64x2.max", (f) => f.f64x2Max(), [f64(1.5, 3), f64(2, -5)], f64(2, 3)],
    ["f64x2.abs", (f) => f.f64x2Abs(), [f64(-1.5, 3)], f64(1.5, 3)],
    ["f64x2.floor", (f) => f.f64x2Floor(), [f64(-1.5, 3.5)], f64(-2, 3)],
    ["f64x2.trunc", (f) => f.f64x2Trunc(), [f64(-1.5, 3.5)], f64(-1, 3)],
    ["f64x2.nearest", (f) => f.f64x2Nearest(), [f64(-1.5, 2.5)], f64(-2, 2)],
    ["i32x4.add", (f) => f.i32x4Add(), [i32(1, 2, 3, 4), i32(5, 6, 7, -8)], i32(6, 8, 10, -4)],
    ["i32x4.mul", (f) => f.i32x4Mul(), [i32(1, 2, 3, 4), i32(5, 6, 7, -8)], i32(5, 12, 21, -32)],
    ["i32x4.min_s", (f) => f.i32x4MinS(), [i32(1, 2, 3, 4), i32(0, 6, -7, 4)], i32(0, 2, -7, 4)],
    ["i32x4.shl", (f) => f.i32Const(23).i32x4Shl(), [i32(1, 2, 3, 127)], i32(1 << 23, 1 << 24, 3 << 23, 127 << 23)],
    ["i32x4.shr_s", (f) => f.i32Const(1).i32x4ShrS(), [i32(2, -2, 5, 8)], i32(1, -1, 2, 4)],
    ["i64x2.add", (f) => f.i64x2Add(), [i32(-1, 0, 1, 0), i32(1, 0, 1, 0)], i32(0, 1, 2, 0)],
    ["v128.andnot", (f) => f.v128Andnot(), [i32(7, 7, 7, 7), i32(1, 2, 4, 8)], i32(6, 5, 3, 7)],
    ["v128.xor", (f) => f.v128Xor(), [i32(7, 7, 7, 7), i32(1, 2, 4, 8)], i32(6, 5, 3, 15)],
    [
      "v128.bitselect",
      (f) => f.v128Bitselect(),
      [i32(1, 2, 3, 4), i32(5, 6, 7, 8), i32(-1, 0, -1, 0)],
      i32(1, 6, 3, 8),
    ],
    ["f32x4.convert", (f) => f.f32x4ConvertI32x4S(), [i32(1, -2, 3, 4)], f32(1, -2, 3, 4)],
    ["i32x4.trunc_sat", (f) => f.i32x4TruncSatF32x4S(), [f32(1.5, -2.5, NaN, 4)], i32(1, -2, 0, 4)],
    ["f64x2.promote_low", (f) => f.f64x2PromoteLowF32x4(), [f32(1.5, -2, 9, 9)], f64(1.5, -2)],
    ["f32x4.demote", (f) => f.f32x4DemoteF64x2Zero(), [f64(1.5, -2)], f32(1.5, -2, 0, 0)],
    ["a shuffle", (f) => f.i32x4Shuffle(0, 4, 3, 7), [f32(0, 1, 2, 3), f32(4, 5, 6, 7)], f32(0, 4, 3, 7)],
    ["a 64-bit shuffle", (f) => f.i64x2Shuffle(1, 2), [f64(0, 1), f64(2, 3)], f64(1, 2)],
    ["a splat", (f) => f.f32Const(2.5).f32x4Splat(), [], f32(2.5, 2.5, 2.5, 2.5)],
    ["replace_lane", (f) => f.f32Const(9).f32x4ReplaceLane(2), [f32(0, 1, 2, 3)], f32(0, 1, 9, 3)],
    ["f32x4 constant", (f) => f.f32x4Const(1, 2, 3, 4), [], f32(1, 2, 3, 4)],
    ["f64x2 constant", (f) => f.f64x2Const(0.1), [], f64(0.1, 0.1)],
    ["i64x2 constant", (f) => f.i64x2Const(-1n, 2n), [], i32(-1, -1, 2, 0)],
  ])("%s computes what its name says", (_, emit, operands, want) => {
    expect(onVectors(emit, operands)).toEqual(want);
  });

  test("a loop sums a vector with a scalar tail", () => {
    const module = new ModuleBuilder();
    module.importMemory("env", "memory", { minimum: 1 });
    const f = module.defineFunction({ name: "sum", parameters: ["i32", "i32"], results: ["f32"] });
    const [pointer, count] = f.parameters;
    const vectorSum = f.local("v128");
    const sum = f.local("f32");
    f.block((leave) => {
      f.loop((again) => {
        f.get(count).i32Const(4).i32LtU().brIf(leave);
        f.get(vectorSum).get(pointer).v128Load().f32x4Add().set(vectorSum);
        f.get(pointer).i32Const(16).i32Add().set(pointer);
        f.get(count).i32Const(4).i32Sub().set(count).br(again);
      });
    });
    for (let lane = 0; lane < 4; lane++) f.get(sum).get(vectorSum).f32x4ExtractLane(lane).f32Add().set(sum);
    f.block((leave) => {
      f.loop((again) => {
        f.get(count).i32Eqz().brIf(leave);
        f.get(sum).get(pointer).f32Load().f32Add().set(sum);
        f.get(pointer).i32Const(4).i32Add().set(pointer);
        f.get(count).i32Const(1).i32Sub().set(count).br(again);
      });
    });
    f.get(sum);
    const memory = new WebAssembly.Memory({ initial: 1 });
    new Float32Array(memory.buffer).set(Array.from({ length: 11 }, (_, i) => i + 1));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
    expect((exports.sum as (pointer: number, count: number) => number)(0, 11)).toBe(66);
  });

  test("if with a result, branch tables, calls and imported functions work", () => {
    const module = new ModuleBuilder();
    const log = module.importFunction("env", "log", ["i32"]);
    const double = module.defineFunction({ parameters: ["i32"], results: ["i32"] });
    double.get(double.parameters[0]).i32Const(1).i32Shl();
    const f = module.defineFunction({ name: "run", parameters: ["i32"], results: ["i32"] });
    const [x] = f.parameters;
    f.get(x).call(log);
    f.block((one) => {
      f.block((zero) => f.get(x).brTable([zero, one], one));
      f.i32Const(100).return();
    });
    f.get(x).i32Const(5).i32GtS();
    f.if(
      () => f.get(x).call(double),
      () => f.i32Const(-1),
      "i32",
    );
    const seen: number[] = [];
    const imports = { env: { log: (value: number) => seen.push(value) } };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), imports);
    const run = exports.run as (x: number) => number;
    expect([run(0), run(1), run(6)]).toEqual([100, -1, 12]);
    expect(seen).toEqual([0, 1, 6]);
  });

  test("memory.copy, memory.fill and atomics act on a shared memory", () => {
    const module = new ModuleBuilder();
    module.importMemory("env", "memory", { minimum: 1, maximum: 2, shared: true });
    const f = module.defineFunction({ name: "run", parameters: [], results: ["i32"] });
    f.i32Const(0).i32Const(7).i32Const(8).memoryFill();
    f.i32Const(16).i32Const(0).i32Const(4).memoryCopy();
    f.i32Const(32).i32Const(5).i32AtomicRmwAdd().drop();
    f.i32Const(32).i32Const(5).i32Const(9).i32AtomicRmwCmpxchg().drop();
    f.i32Const(32).i32AtomicLoad();
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
    expect((exports.run as () => number)()).toBe(9);
    expect([...new Uint8Array(memory.buffer, 12, 12)]).toEqual([0, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0]);
  });

  test("constants keep their value through the encoding", () => {
    for (const value of [0, 63, 64, -64, -65, 127, 128, 0x7fffffff, -0x80000000]) {
      expect(runBody([], "i32", (f) => f.i32Const(value))).toBe(value);
    }
    expect(runBody([], "i32", (f) => f.i32Const(0xffffffff))).toBe(-1);
    expect(runBody([], "f64", (f) => f.f64Const(0.1))).toBe(0.1);
    expect(
      runBody([], "i32", (f) =>
        f
          .i64Const(-(2n ** 63n))
          .i64Const(32n)
          .i64ShrS()
          .i32WrapI64(),
      ),
    ).toBe(-(2 ** 31));
  });

  test("an import after a definition is refused, as it would renumber the functions", () => {
    const module = new ModuleBuilder();
    module.defineFunction({ parameters: [] });
    expect(() => module.importFunction("env", "late", [])).toThrow("internal: import of late");
  });
});
