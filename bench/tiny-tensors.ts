/** Overhead: additions of two tensors of 4 elements per second, forward only and in a recorded chain walked back. */
import { add, tensor } from "adjoint";
import { measure, thousands } from "./measure.js";

const a = tensor([1, 2, 3, 4]);
const b = tensor([1, 2, 3, 4], { requiresGrad: true });
const cotangent = tensor([1, 1, 1, 1]);
const LENGTH = 1000;

function chain(): void {
  let x = tensor([1, 2, 3, 4], { requiresGrad: true });
  for (let i = 0; i < LENGTH; i++) x = add(x, b);
  x.backward(cotangent);
  b.grad = null;
}

measure("Tensors of 4 elements", [
  { name: "add", work: 1, run: () => void add(a, a), show: thousands("additions") },
  { name: "add in a chain of 1000, with backward", work: LENGTH, run: chain, show: thousands("additions") },
]);
