/**
 * The opcodes of WebAssembly, written as runs: the first opcode of a run and the names of the instructions that
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
  [0x00, "unreachable nop"],
  [0x0f, "return"],
  [0x1a, "drop select"],
  [0x45, "i32Eqz i32Eq i32Ne i32LtS i32LtU i32GtS i32GtU i32LeS i32LeU i32GeS i32GeU"],
  [0x50, "i64Eqz i64Eq i64Ne i64LtS i64LtU i64GtS i64GtU i64LeS i64LeU i64GeS i64GeU"],
  [0x5b, "f32Eq f32Ne f32Lt f32Gt f32Le f32Ge f64Eq f64Ne f64Lt f64Gt f64Le f64Ge"],
  [0x67, "i32Clz i32Ctz i32Popcnt i32Add i32Sub i32Mul i32DivS i32DivU i32RemS i32RemU"],
  [0x71, "i32And i32Or i32Xor i32Shl i32ShrS i32ShrU i32Rotl i32Rotr"],
  [0x79, "i64Clz i64Ctz i64Popcnt i64Add i64Sub i64Mul i64DivS i64DivU i64RemS i64RemU"],
  [0x83, "i64And i64Or i64Xor i64Shl i64ShrS i64ShrU i64Rotl i64Rotr"],
  [0x8b, "f32Abs f32Neg f32Ceil f32Floor f32Trunc f32Nearest f32Sqrt"],
  [0x92, "f32Add f32Sub f32Mul f32Div f32Min f32Max f32Copysign"],
  [0x99, "f64Abs f64Neg f64Ceil f64Floor f64Trunc f64Nearest f64Sqrt"],
  [0xa0, "f64Add f64Sub f64Mul f64Div f64Min f64Max f64Copysign"],
  [0xa7, "i32WrapI64 i32TruncF32S i32TruncF32U i32TruncF64S i32TruncF64U i64ExtendI32S i64ExtendI32U"],
  [0xae, "i64TruncF32S i64TruncF32U i64TruncF64S i64TruncF64U"],
  [0xb2, "f32ConvertI32S f32ConvertI32U f32ConvertI64S f32ConvertI64U f32DemoteF64"],
  [0xb7, "f64ConvertI32S f64ConvertI32U f64ConvertI64S f64ConvertI64U f64PromoteF32"],
  [0xbc, "i32ReinterpretF32 i64ReinterpretF64 f32ReinterpretI32 f64ReinterpretI64"],
  [0xc0, "i32Extend8S i32Extend16S i64Extend8S i64Extend16S i64Extend32S"],
  [0xfc0000, "i32TruncSatF32S i32TruncSatF32U i32TruncSatF64S i32TruncSatF64U"],
  [0xfc0004, "i64TruncSatF32S i64TruncSatF32U i64TruncSatF64S i64TruncSatF64U"],
  [0xfd000e, "i8x16Swizzle i8x16Splat i16x8Splat i32x4Splat i64x2Splat f32x4Splat f64x2Splat"],
  [0xfd0023, "i8x16Eq i8x16Ne i8x16LtS i8x16LtU i8x16GtS i8x16GtU i8x16LeS i8x16LeU i8x16GeS i8x16GeU"],
  [0xfd002d, "i16x8Eq i16x8Ne i16x8LtS i16x8LtU i16x8GtS i16x8GtU i16x8LeS i16x8LeU i16x8GeS i16x8GeU"],
  [0xfd0037, "i32x4Eq i32x4Ne i32x4LtS i32x4LtU i32x4GtS i32x4GtU i32x4LeS i32x4LeU i32x4GeS i32x4GeU"],
  [0xfd0041, "f32x4Eq f32x4Ne f32x4Lt f32x4Gt f32x4Le f32x4Ge"],
  [0xfd0047, "f64x2Eq f64x2Ne f64x2Lt f64x2Gt f64x2Le f64x2Ge"],
  [0xfd004d, "v128Not v128And v128Andnot v128Or v128Xor v128Bitselect v128AnyTrue"],
  [0xfd005e, "f32x4DemoteF64x2Zero f64x2PromoteLowF32x4"],
  [0xfd0060, "i8x16Abs i8x16Neg i8x16Popcnt i8x16AllTrue i8x16Bitmask i8x16NarrowI16x8S i8x16NarrowI16x8U"],
  [0xfd0067, "f32x4Ceil f32x4Floor f32x4Trunc f32x4Nearest i8x16Shl i8x16ShrS i8x16ShrU i8x16Add"],
  [0xfd0071, "i8x16Sub _ _ f64x2Ceil f64x2Floor i8x16MinS i8x16MinU i8x16MaxS i8x16MaxU f64x2Trunc"],
  [0xfd0080, "i16x8Abs i16x8Neg _ i16x8AllTrue i16x8Bitmask i16x8NarrowI32x4S i16x8NarrowI32x4U"],
  [0xfd0087, "i16x8ExtendLowI8x16S i16x8ExtendHighI8x16S i16x8ExtendLowI8x16U i16x8ExtendHighI8x16U"],
  [0xfd008b, "i16x8Shl i16x8ShrS i16x8ShrU i16x8Add _ _ i16x8Sub _ _ f64x2Nearest i16x8Mul"],
  [0xfd00a0, "i32x4Abs i32x4Neg _ i32x4AllTrue i32x4Bitmask"],
  [0xfd00a7, "i32x4ExtendLowI16x8S i32x4ExtendHighI16x8S i32x4ExtendLowI16x8U i32x4ExtendHighI16x8U"],
  [0xfd00ab, "i32x4Shl i32x4ShrS i32x4ShrU i32x4Add _ _ i32x4Sub _ _ _ i32x4Mul"],
  [0xfd00b6, "i32x4MinS i32x4MinU i32x4MaxS i32x4MaxU i32x4DotI16x8S"],
  [0xfd00c0, "i64x2Abs i64x2Neg _ i64x2AllTrue i64x2Bitmask"],
  [0xfd00c7, "i64x2ExtendLowI32x4S i64x2ExtendHighI32x4S i64x2ExtendLowI32x4U i64x2ExtendHighI32x4U"],
  [0xfd00cb, "i64x2Shl i64x2ShrS i64x2ShrU i64x2Add _ _ i64x2Sub _ _ _ i64x2Mul"],
  [0xfd00d6, "i64x2Eq i64x2Ne i64x2LtS i64x2GtS i64x2LeS i64x2GeS"],
  [0xfd00e0, "f32x4Abs f32x4Neg _ f32x4Sqrt f32x4Add f32x4Sub f32x4Mul f32x4Div"],
  [0xfd00e8, "f32x4Min f32x4Max f32x4Pmin f32x4Pmax"],
  [0xfd00ec, "f64x2Abs f64x2Neg _ f64x2Sqrt f64x2Add f64x2Sub f64x2Mul f64x2Div"],
  [0xfd00f4, "f64x2Min f64x2Max f64x2Pmin f64x2Pmax"],
  [0xfd00f8, "i32x4TruncSatF32x4S i32x4TruncSatF32x4U f32x4ConvertI32x4S f32x4ConvertI32x4U"],
  [0xfd00fc, "i32x4TruncSatF64x2SZero i32x4TruncSatF64x2UZero f64x2ConvertLowI32x4S f64x2ConvertLowI32x4U"],
  [0xfd0100, "i8x16RelaxedSwizzle i32x4RelaxedTruncF32x4S i32x4RelaxedTruncF32x4U"],
  [0xfd0105, "f32x4RelaxedMadd f32x4RelaxedNmadd f64x2RelaxedMadd f64x2RelaxedNmadd"],
  [0xfd0109, "i8x16RelaxedLaneselect i16x8RelaxedLaneselect i32x4RelaxedLaneselect i64x2RelaxedLaneselect"],
  [0xfd010d, "f32x4RelaxedMin f32x4RelaxedMax f64x2RelaxedMin f64x2RelaxedMax"],
] as const;

/** Loads and stores: their immediate operands are an alignment and a byte offset. */
export const MEMORY = [
  [0x28, "i32Load i64Load f32Load f64Load i32Load8S i32Load8U i32Load16S i32Load16U"],
  [0x30, "i64Load8S i64Load8U i64Load16S i64Load16U i64Load32S i64Load32U"],
  [0x36, "i32Store i64Store f32Store f64Store i32Store8 i32Store16 i64Store8 i64Store16 i64Store32"],
  [0xfd0000, "v128Load v128Load8x8S v128Load8x8U v128Load16x4S v128Load16x4U v128Load32x2S v128Load32x2U"],
  [0xfd0007, "v128Load8Splat v128Load16Splat v128Load32Splat v128Load64Splat v128Store"],
  [0xfd005c, "v128Load32Zero v128Load64Zero"],
] as const;

/** Atomic accesses on 32-bit words (and 64-bit where the name says so): alignment is natural and checked by traps. */
export const ATOMIC = [
  [0xfe0000, "memoryAtomicNotify memoryAtomicWait32"],
  [0xfe0010, "i32AtomicLoad i64AtomicLoad"],
  [0xfe0017, "i32AtomicStore i64AtomicStore"],
  [0xfe001e, "i32AtomicRmwAdd i64AtomicRmwAdd"],
  [0xfe0025, "i32AtomicRmwSub i64AtomicRmwSub"],
  [0xfe0041, "i32AtomicRmwXchg i64AtomicRmwXchg"],
  [0xfe0048, "i32AtomicRmwCmpxchg i64AtomicRmwCmpxchg"],
] as const;

/** Instructions on one lane of a vector: the immediate operand is the lane's index. */
export const LANE = [
  [0xfd0015, "i8x16ExtractLaneS i8x16ExtractLaneU i8x16ReplaceLane"],
  [0xfd0018, "i16x8ExtractLaneS i16x8ExtractLaneU i16x8ReplaceLane"],
  [0xfd001b, "i32x4ExtractLane i32x4ReplaceLane i64x2ExtractLane i64x2ReplaceLane"],
  [0xfd001f, "f32x4ExtractLane f32x4ReplaceLane f64x2ExtractLane f64x2ReplaceLane"],
] as const;

/** Loads and stores of one lane: alignment, byte offset, lane. */
export const MEMORY_LANE = [
  [0xfd0054, "v128Load8Lane v128Load16Lane v128Load32Lane v128Load64Lane"],
  [0xfd0058, "v128Store8Lane v128Store16Lane v128Store32Lane v128Store64Lane"],
] as const;

/** Calls `visit` with the name and the opcode of every instruction of a table. */
export function eachInstruction(runs: readonly Run[], visit: (name: string, opcode: number) => void): void {
  for (const [first, names] of runs) {
    names.split(" ").forEach((name, i) => {
      if (name !== "_") visit(name, first + i);
    });
  }
}
