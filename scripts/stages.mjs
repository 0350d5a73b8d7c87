// What `npm test`, `npm run docs` and the smoke test run, in order. The first stage that fails ends the run.
import { capture, passThrough, tool } from "./process.mjs";
import { examples } from "./programs.mjs";
import { SetupError, build } from "./setup.mjs";

const vitest = ["node_modules/vitest/vitest.mjs", "run"];
const typedoc = (args) => tool("typedoc/bin/typedoc", args);

/** A stage that says nothing unless it fails. */
async function quiet(title, work) {
  const began = performance.now();
  const { status, output } = await work();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${title} (${seconds} s)`);
  if (status !== 0) console.log(output.trimEnd());
  return { title, status };
}

async function buildAll() {
  try {
    await build();
    return { status: 0, output: "" };
  } catch (error) {
    if (error instanceof SetupError) return { status: 1, output: error.output };
    throw error;
  }
}

/** The stages of `npm test`; `args` go to vitest. */
const testStages = (args) => [
  () => quiet("build", buildAll),
  () => quiet("types, tests included", () => tool("typescript/bin/tsc", ["-p", "tsconfig.test.json"])),
  () => quiet("lint", () => tool("oxlint/bin/oxlint", ["--deny-warnings"])),
  () => quiet("format", () => tool("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."])),
  () => quiet("package order and manifests", () => tool("../scripts/check-order.mjs")),
  () => quiet("published packages", () => tool("../scripts/check-packages.mjs")),
  () => quiet("bundle sizes", () => tool("size-limit/bin.js")),
  () => quiet("API documentation", () => typedoc(["--emit", "none"])),
  async () => {
    console.log("     unit tests and doc examples");
    return { title: "unit tests and doc examples", status: await passThrough(process.execPath, [...vitest, ...args]) };
  },
];

/** Runs stages until one fails; returns the exit status. */
async function runStages(stages) {
  for (const stage of stages) {
    const { title, status } = await stage();
    if (status !== 0) {
      console.error(`\nFailed: ${title}.`);
      return status;
    }
  }
  return 0;
}

/** `npm test`: everything that must hold before a change is merged. */
export const test = (args) => runStages(testStages(args));

/** `npm run docs`: the API reference, in docs/api. */
export const documentation = () =>
  runStages([() => quiet("API documentation in docs/api/index.html", () => typedoc([]))]);

/** A quick run of every example, each for three minutes at most. */
export async function smoke() {
  await build(["examples"]);
  return runStages(
    examples().map(({ name, built, smoke: args }) => {
      const title = ["example", name, ...args].join(" ");
      return () => quiet(title, () => capture(process.execPath, [built, ...args], { timeout: 180_000 }));
    }),
  );
}
