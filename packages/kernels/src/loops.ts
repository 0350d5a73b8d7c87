import type { FunctionBuilder, Local } from "./assembler.js";

/** Pushes one i32 operand: a local, a constant, or whatever a function emits. */
export type Operand = Local | number | ((f: FunctionBuilder) => unknown);

/** Pushes an i32 operand onto the stack. */
export function push(f: FunctionBuilder, operand: Operand): FunctionBuilder {
  if (typeof operand === "number") return f.i32Const(operand);
  if (typeof operand === "function") {
    operand(f);
    return f;
  }
  return f.get(operand);
}

/** `for (i = from; i < end; i += step) body()`, unsigned; `end` and `step` are evaluated again in every round. */
export function forRange(
  f: FunctionBuilder,
  i: Local,
  { from = 0, end, step = 1 }: { from?: Operand; end: Operand; step?: Operand },
  body: () => void,
): void {
  if (from !== i) push(f, from).set(i);
  whileBelow(f, i, end, () => {
    body();
    push(f.get(i), step).i32Add().set(i);
  });
}

/** `while (i < end) body()`, unsigned; tested at the bottom, which costs a round of a short loop one branch instead of two. */
export function whileBelow(f: FunctionBuilder, i: Local, end: Operand, body: () => void): void {
  const isBelow = (): FunctionBuilder => push(f.get(i), end).i32LtU();
  isBelow().if(() => {
    f.loop((again) => {
      body();
      isBelow().brIf(again);
    });
  });
}

/** Sets `target` to the smaller of two unsigned operands. */
export function setMinimum(f: FunctionBuilder, target: Local, x: Operand, y: Operand): void {
  push(f, x);
  push(f, y);
  push(f, x);
  push(f, y);
  f.i32LtU().select().set(target);
}
