import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as nn from "@adjoint/nn";
import * as optim from "@adjoint/optim";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

/** The doc comments of all exported classes in the sources of a package, by name. */
function comments(name: string): ReadonlyMap<string, string> {
  const folder = join(packages, name, "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const found = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return [...text.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)export (?:abstract )?class (\w+)/g)].map(
      ([, comment, own]) => [own, comment] as const,
    );
  });
  return new Map(found);
}

/** The public classes of a package that extend one of these or are one. */
function classes(all: object, bases: readonly unknown[]): string[] {
  return Object.entries(all).flatMap(([name, x]: [string, unknown]) =>
    typeof x === "function" && bases.some((base) => x === base || x.prototype instanceof (base as never)) ? [name] : [],
  );
}

describe.each([
  ["nn", classes(nn, [nn.Module])],
  ["optim", classes(optim, [optim.Optimizer, optim.LRScheduler, optim.ReduceLROnPlateau, optim.SequentialLR])],
])("every public class of %s", (name, names) => {
  const found = comments(name);
  test("has a doc comment with an example that runs", () => {
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((own) => !/@example[^]*?```ts\n/.test(found.get(own) ?? ""))).toEqual([]);
  });
});
