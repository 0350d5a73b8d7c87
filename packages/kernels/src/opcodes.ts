/**
 * The opcodes of WebAssembly that the kernels use, written as runs: the first opcode of a run and the names of the instructions that
 * follow one another from there ("_" skips one). A name is the instruction's own, in camelCase with the type first:
 * `f32x4.relaxed_madd` is `f32x4RelaxedMadd`, `i32.load8_u` is `i32Load8U`.
 *
 * Source: WebAssembly core specification 3.0, appendix "Index of Instructions"; threads proposal for 0xfe.
 */

/** The first opcode of a run (prefix in the bits above 16) and the names of its consecutive instructions. */
type Run = readonly [first: number, names: string];

type Words<S extends string> = S extends `${infer Head} ${infer Rest}` ? Head | Words<Rest> : S;

/** The instruction names of a table of runs, as a union of string literals. */
export type NamesOf<Runs extends readonly Run[]> = Exclude<Words<Runs[number][1]>, "_">;

/** Instructions without immediate operands. */
export const PLAIN = [
  [0x00, "unreachable"],
  [0x0f, "return"],
  [0x1a, "drop select"],
  [0x45, "i32Eqz i32Eq i32Ne i32LtS i32LtU i32GtS i32GtU i32LeS i32LeU i32GeS i32GeU"],
  [0x51, "i64Eq"],
  [0x6a, "i32Add i32Sub i32Mul i32DivS i32DivU i32RemS i32RemU i32And i32Or i32Xor i32Shl i32ShrS i32ShrU"],
  [0x7c, "i64Add i64Sub"],
  [0x84, "i64Or _ i64Shl i64ShrS"],
  [0x92, "f32Add f32Sub f32Mul f32Div f32Min f32Max"],
  [0xa0, "f64Add f64Sub f64Mul f64Div f64Min f64Max f64Copysign"],
  [0xa7, "i32WrapI64 _ _ _ _ _ i64ExtendI32U"],
  [0xb3, "f32ConvertI32U _ _ f32DemoteF64"],
  [0xbb, "f64PromoteF32 i32ReinterpretF32"],
  [0xc0, "i32Extend8S"],
  [0xfc0002, "i32TruncSatF64S"],
  [0xfd0011, "i32x4Splat _ f32x4Splat"],
  [0xfd003b, "i32x4GtS"],
  [0xfd0041, "f32x4Eq f32x4Ne f32x4Lt f32x4Gt f32x4Le f32x4Ge"],
  [0xfd0047, "f64x2Eq f64x2Ne f64x2Lt f64x2Gt f64x2Le f64x2Ge"],
  [0xfd004e, "v128And v128Andnot v128Or v128Xor v128Bitselect v128AnyTrue"],
  [0xfd005e, "f32x4DemoteF64x2Zero f64x2PromoteLowF32x4"],
  [0xfd0067, "f32x4Ceil f32x4Floor f32x4Trunc f32x4Nearest"],
  [0xfd0074, "f64x2Ceil f64x2Floor _ _ _ _ f64x2Trunc"],
  [0xfd0094, "f64x2Nearest"],
  [0xfd00ab, "i32x4Shl i32x4ShrS _ i32x4Add _ _ i32x4Sub _ _ _ i32x4Mul i32x4MinS"],
  [0xfd00cb, "i64x2Shl _ i64x2ShrU i64x2Add"],
  [0xfd00d6, "i64x2Eq"],
  [0xfd00e0, "f32x4Abs f32x4Neg _ f32x4Sqrt f32x4Add f32x4Sub f32x4Mul f32x4Div"],
  [0xfd00e8, "f32x4Min f32x4Max f32x4Pmin f32x4Pmax"],
  [0xfd00ec, "f64x2Abs f64x2Neg _ f64x2Sqrt f64x2Add f64x2Sub f64x2Mul f64x2Div"],
  [0xfd00f4, "f64x2Min f64x2Max f64x2Pmin f64x2Pmax"],
  [0xfd00f8, "i32x4TruncSatF32x4S _ f32x4ConvertI32x4S"],
  [0xfd0105, "f32x4RelaxedMadd _ f64x2RelaxedMadd"],
] as const;

/** Loads and stores: their immediate operands are an alignment and a byte offset. */
export const MEMORY = [
  [0x28, "i32Load i64Load f32Load f64Load"],
  [0x36, "i32Store i64Store f32Store f64Store"],
  [0xfd0000, "v128Load"],
  [0xfd0009, "v128Load32Splat v128Load64Splat v128Store"],
] as const;

/** Atomic accesses on 32-bit words (and 64-bit where the name says so): alignment is natural and checked by traps. */
export const ATOMIC = [
  [0xfe0000, "memoryAtomicNotify memoryAtomicWait32"],
  [0xfe0010, "i32AtomicLoad i64AtomicLoad"],
  [0xfe0017, "i32AtomicStore i64AtomicStore"],
  [0xfe001e, "i32AtomicRmwAdd"],
  [0xfe0025, "i32AtomicRmwSub"],
  [0xfe0048, "i32AtomicRmwCmpxchg i64AtomicRmwCmpxchg"],
] as const;

/** Instructions on one lane of a vector: the immediate operand is the lane's index. */
export const LANE = [[0xfd001f, "f32x4ExtractLane f32x4ReplaceLane f64x2ExtractLane f64x2ReplaceLane"]] as const;

/** Calls `visit` with the name and the opcode of every instruction of a table. */
export function eachInstruction(runs: readonly Run[], visit: (name: string, opcode: number) => void): void {
  for (const [first, names] of runs) {
    names.split(" ").forEach((name, i) => {
      if (name !== "_") visit(name, first + i);
    });
  }
}
