import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type DType, type Tensor, tensor } from "@adjoint/core";
import type { Case, Named, Stored } from "./cases.js";

/** Our dtype for each of the stored ones. */
export const dtypes: Readonly<Record<Stored["dtype"], DType>> = { float64: "float64", int64: "int32", bool: "bool" };

/** The root of the repository, from the sources and from what is built of them. */
const root = fileURLToPath(new URL(import.meta.url.includes("/golden/dist/") ? "../../" : "../", import.meta.url));

/** The folder of the cases: `ADJOINT_GOLDEN`, else `../shared/golden` beside the repository; undefined where that is absent. */
export function caseFolder(): string | undefined {
  const given = process.env.ADJOINT_GOLDEN;
  if (given) return resolve(given);
  const usual = join(root, "..", "shared", "golden");
  return existsSync(usual) ? usual : undefined;
}

/** All cases of the `*.json` files of a folder. */
export function readCases(folder: string): Case[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  if (files.length === 0) throw new Error(`${folder}: no *.json file is there`);
  return files.sort().flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { cases: Case[] };
    if (!Array.isArray(cases)) throw new Error(`${join(folder, file)}: no list of cases is in it`);
    return cases.map((each) => ({ ...each, attrs: numbers(each.attrs) as Named<unknown> }));
  });
}

/** JSON with the strings that stand for NaN and the infinities as numbers. */
function numbers(x: unknown): unknown {
  if (x === "NaN" || x === "Infinity" || x === "-Infinity") return Number(x);
  if (Array.isArray(x)) return x.map(numbers);
  if (x === null || typeof x !== "object") return x;
  return Object.fromEntries(Object.entries(x).map(([name, each]) => [name, numbers(each)]));
}

/** A stored array as a tensor. */
export function load({ shape, dtype, data }: Stored, requiresGrad = false): Tensor {
  return tensor(Float64Array.from(data, Number), { shape, dtype: dtypes[dtype], requiresGrad });
}

/** Stored arrays as tensors, those of the given names with gradients. */
export function loadAll(stored: Named<Stored>, withGradients: readonly string[] = []): Named<Tensor> {
  return Object.fromEntries(Object.entries(stored).map(([name, x]) => [name, load(x, withGradients.includes(name))]));
}
