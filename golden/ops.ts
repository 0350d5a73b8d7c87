import type { Call, Calls, Case, Named } from "./cases.js";
import { faultsOfAll, named } from "./compare.js";
import { faultyGradients } from "./differentiate.js";
import { calls as losses } from "./losses.js";
import { calls as clip } from "./ops/clip.js";
import { calls as elementwise } from "./ops/elementwise.js";
import { calls as fft } from "./ops/fft.js";
import { calls as indexing } from "./ops/indexing.js";
import { calls as layers } from "./ops/layers.js";
import { calls as linalg } from "./ops/linalg.js";
import { calls as normalization } from "./ops/normalization.js";
import { calls as norms } from "./ops/norms.js";
import { calls as reduce } from "./ops/reduce.js";
import { calls as resample } from "./ops/resample.js";
import { calls as shape } from "./ops/shape.js";
import { calls as windows } from "./ops/windows.js";
import { loadAll } from "./read.js";

/** PyTorch's functions by family; a name stands in one of them. */
export const families: readonly Calls[] = [
  elementwise,
  reduce,
  shape,
  indexing,
  linalg,
  normalization,
  norms,
  layers,
  windows,
  resample,
  fft,
  clip,
];

/** Functions of PyTorch by name. */
export const calls: Calls = Object.fromEntries(families.flatMap((family) => Object.entries(family)));

/** A function by its name, which may have that of its module in front: `linalg.norm`, `linalg_norm`, `nn.functional.pad`. */
function callOf(calls: Calls, op: string): Call | undefined {
  const path = op.split(".");
  const names = [op, path.slice(-2).join("_"), path.at(-1) ?? op, op.replace(/^(linalg|fft)_/, "")];
  const known = names.find((name) => Object.hasOwn(calls, name));
  return known === undefined ? undefined : calls[known];
}

/** Cases of kind `op`: the outputs of a function by name, and the gradients of `Σ <output, cotangent>`. */
export const checkOp = (each: Case): string[] => checkCall(calls, each);

/** Cases of kind `loss`, which are functions too. */
export const checkLoss = (each: Case): string[] => checkCall(losses, each);

function checkCall(known: Calls, each: Case): string[] {
  const { op, attrs, inputs, outputs, notes } = each;
  const call = callOf(known, op);
  if (!call) return [`no call for ${op}`];
  const given = loadAll(inputs, Object.keys(each.grads));
  const results = named(call(given, attrs as Named<never>, Object.keys(outputs)));
  const signedZeros = /signed zero/i.test(notes);
  const faults = faultsOfAll(results, outputs, { signedZeros });
  return faults.some((fault) => fault.endsWith("is missing"))
    ? faults
    : [...faults, ...faultyGradients(each, given, results)];
}
