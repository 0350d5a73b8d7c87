import { type InstructionName, instructions } from "./scalar.js";

/**
 * One instruction over a block. The cheap instructions have loops of their own, where a call per
 * element would take most of the time; the others call the instruction's number function.
 */
export function runStep(
  op: InstructionName,
  out: Float64Array,
  count: number,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
): void {
  switch (op) {
    case "add":
      for (let i = 0; i < count; i++) out[i] = x[i] + y[i];
      return;
    case "sub":
      for (let i = 0; i < count; i++) out[i] = x[i] - y[i];
      return;
    case "mul":
      for (let i = 0; i < count; i++) out[i] = x[i] * y[i];
      return;
    case "div":
      for (let i = 0; i < count; i++) out[i] = x[i] / y[i];
      return;
    case "neg":
      for (let i = 0; i < count; i++) out[i] = -x[i];
      return;
    case "le":
      for (let i = 0; i < count; i++) out[i] = x[i] <= y[i] ? 1 : 0;
      return;
    case "gt":
      for (let i = 0; i < count; i++) out[i] = x[i] > y[i] ? 1 : 0;
      return;
    case "select":
      for (let i = 0; i < count; i++) out[i] = x[i] !== 0 ? y[i] : z[i];
      return;
    case "exp":
      for (let i = 0; i < count; i++) out[i] = Math.exp(x[i]);
      return;
    case "sqrt":
      for (let i = 0; i < count; i++) out[i] = Math.sqrt(x[i]);
      return;
    default:
      call(instructions[op].number, out, count, x, y, z);
  }
}

function call(
  number: (x: number, y: number, z: number) => number,
  out: Float64Array,
  count: number,
  x: Float64Array,
  y: Float64Array | undefined,
  z: Float64Array | undefined,
): void {
  const second = y ?? x;
  const third = z ?? x;
  for (let i = 0; i < count; i++) out[i] = number(x[i], second[i], third[i]);
}
