import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as nn from "../index.js";
import type { LayerCase } from "./cases.js";
import { checkDerivatives, checkMistakes, checkModule, checkVmap } from "./checks.js";

/** The cases of all layers: each file of layers has its own beside it, `NAME.cases.ts`. */
const source = new URL("../", import.meta.url);
const files = readdirSync(fileURLToPath(source), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".cases.ts"))
  .map((file) => import(new URL(file, source).href) as Promise<{ readonly cases: readonly LayerCase[] }>);
const all = (await Promise.all(files)).flatMap(({ cases }) => cases);

/** What takes other modules or functions and has tests of its own. */
const others = new Set([
  ...["Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"],
  ...["Identity", "Lambda", "Residual", "LazyLinear"],
  ...["LazyConv", "LazyConvTranspose", "LazyBatchNorm", "LazyInstanceNorm"].flatMap((name) =>
    [1, 2, 3].map((n) => `${name}${n}d`),
  ),
]);

const classes = Object.entries(nn).filter(
  ([, x]) => typeof x === "function" && x.prototype instanceof nn.Module,
) as unknown as [name: string, layer: LayerCase["layer"]][];

test("every layer and loss has a case", () => {
  const covered = new Set(all.map(({ layer }) => layer));
  const missing = classes.filter(([name, layer]) => !covered.has(layer) && !others.has(name)).map(([name]) => name);
  expect(missing).toEqual([]);
  expect(all.length).toBeGreaterThan(0);
});

const runs = { numRuns: 4, seed: 20_261_125 };

describe.each(all.map((each) => [[each.layer.name, each.title].filter(Boolean).join(", "), each] as const))(
  "%s",
  (_name, each) => {
    const { modes = ["train"], differentiable = true, vmap = true } = each;
    for (const mode of modes) {
      test.runIf(differentiable)(`has right derivatives (${mode})`, () => {
        fc.assert(
          fc.property(each.draws, (draw) => checkDerivatives(each, draw, mode)),
          runs,
        );
      });
      test.runIf(vmap)(`gives the same under vmap as in a loop (${mode})`, () => {
        fc.assert(
          fc.property(each.draws, (draw) => checkVmap(each, draw, mode)),
          runs,
        );
      });
    }

    test("is a module in every way", () => {
      fc.assert(
        fc.property(each.draws, (draw) => checkModule(each, draw)),
        runs,
      );
    });

    test("answers mistakes with errors of ours", () => {
      fc.assert(
        fc.property(each.draws, (draw) => checkMistakes(each, draw)),
        { ...runs, numRuns: 2 },
      );
    });
  },
);
