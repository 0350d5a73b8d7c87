// The commands of the repository. They need nothing but Node and npm, on a fresh clone too:
// `npm start`, `npm test`, `npm run docs`, `npm run bench`, `npm run golden`, `npm run example NAME`.
import { join } from "node:path";
import { passThrough, root } from "./process.mjs";
import { benchmarks, examples } from "./programs.mjs";
import { SetupError, build, buildExample, setUp } from "./setup.mjs";
import { documentation, smoke, test } from "./stages.mjs";

/** Runs a built program with our arguments. */
const program = (path, args) => passThrough(process.execPath, [path, ...args], { cwd: process.cwd() });

/** Prints the names that can be chosen; fails, unless the user asked for nothing. */
function list(kind, wanted, choices) {
  if (wanted !== undefined) console.error(`There is no ${kind} "${wanted}".`);
  const width = Math.max(0, ...choices.map(({ name }) => name.length));
  const lines = choices.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`.trimEnd());
  console.log([`npm run ${kind} NAME, where NAME is one of:`, ...lines].join("\n"));
  return wanted === undefined ? 0 : 1;
}

async function runExample([name, ...args]) {
  const choices = examples();
  const chosen = choices.find((choice) => choice.name === name);
  if (!chosen) return list("example", name, choices);
  await setUp();
  await buildExample(chosen.name);
  return program(chosen.built, args);
}

async function runBenchmarks([name, ...args]) {
  const all = benchmarks();
  const chosen = name === undefined ? all : all.filter((benchmark) => benchmark.name === name);
  if (chosen.length === 0) return list("bench", name, all);
  await setUp();
  await build(["bench"]);
  for (const benchmark of chosen) {
    if (chosen.length > 1) console.log(`\n== ${benchmark.name}: ${benchmark.summary}`);
    const status = await program(benchmark.built, args);
    if (status !== 0) return status;
  }
  return 0;
}

const commands = {
  start: (args) => runExample(["digits", ...args]),
  example: runExample,
  bench: runBenchmarks,
  async golden(args) {
    await setUp();
    await build(["golden"]);
    return program(join(root, "golden", "dist", "main.js"), args);
  },
  async test(args) {
    await setUp();
    return test(args);
  },
  async docs() {
    await setUp();
    return documentation();
  },
  async smoke() {
    await setUp();
    return smoke();
  },
};

const [command, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, command ?? "")) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join("|")} [ARGUMENTS]`);
  process.exit(2);
}
try {
  process.exitCode = await commands[command](args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output) console.error(error.output.trimEnd());
  console.error(error.message);
  process.exitCode = 1;
}
