// The programs of examples/ and bench/, found by their files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";

/** The first line of the first doc comment of a source: what the program does. */
const summaryOf = (source) => /\/\*\*\s*(?:\*\s*)?(.*?)\s*(?:\*\/|\r?\n)/.exec(source)?.[1] ?? "";

/** The arguments for a quick run, which a program gives in a line `// smoke: --epochs 1`. */
const smokeArguments = (source) => /^\/\/ smoke: (.*)$/m.exec(source)?.[1].trim().split(/\s+/) ?? [];

/** Examples are the folders with a main.ts. */
export const examples = () =>
  readdirSync(join(root, "examples"))
    .map((name) => ({ name, path: join(root, "examples", name, "main.ts") }))
    .filter(({ path }) => existsSync(path))
    .map(({ name, path }) => {
      const source = readFileSync(path, "utf8");
      const built = join(root, "examples", "dist", name, "main.js");
      return { name, built, summary: summaryOf(source), smoke: smokeArguments(source) };
    });

/** Benchmarks are the files of bench/ that begin with a doc comment; other files are their parts. */
export const benchmarks = () =>
  readdirSync(join(root, "bench"))
    .filter((file) => /^[\w-]+\.ts$/.test(file))
    .map((file) => ({ name: file.slice(0, -".ts".length), source: readFileSync(join(root, "bench", file), "utf8") }))
    .filter(({ source }) => source.startsWith("/**"))
    .map(({ name, source }) => ({
      name,
      built: join(root, "bench", "dist", `${name}.js`),
      summary: summaryOf(source),
    }));
