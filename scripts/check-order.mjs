// The order of the packages, and what every manifest must say. `node scripts/check-order.mjs [ROOT]`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A package may import only packages of an earlier rank. This list is the only place that knows the order. */
export const order = [
  ["kernels"],
  ["core"],
  ["compile"],
  ["nn"],
  ["optim"],
  ["data"],
  ["train"],
  ["io", "viz"],
  ["adjoint"],
];

/** Packages without run-time dependencies from outside the workspace. */
const selfContained = ["kernels", "core"];

/** Packages that load in a browser as they are: Node's modules only through `await import()`, or as types. */
const portable = ["kernels", "core", "nn", "optim"];

/** Entry points besides the package itself. */
const subpaths = ["@adjoint/core/testing"];

/** The name that imports the package of a folder. */
export const packageName = (folder) => (folder === "adjoint" ? folder : `@adjoint/${folder}`);

const rank = (name) => order.findIndex((names) => names.includes(name));
const folderOf = (specifier) => (specifier === "adjoint" ? specifier : /^@adjoint\/([^/]+)/.exec(specifier)?.[1]);

/** The modules that a file names, and whether it loads each as soon as it is loaded itself. */
function imports(path) {
  const text = readFileSync(path, "utf8");
  const atOnce = new Set();
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements) {
    const typeOnly = statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || statement.isTypeOnly;
    if (statement.moduleSpecifier && !typeOnly) atOnce.add(statement.moduleSpecifier.text);
  }
  const all = ts.preProcessFile(text, true, true).importedFiles;
  return all.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: text.slice(0, pos).split("\n").length,
    atOnce: atOnce.has(fileName),
  }));
}

/** What is wrong with one import of a package, or nothing. */
function importFault(name, isTest, { specifier, atOnce }) {
  const target = folderOf(specifier);
  if (/^\.\.?\//.test(specifier)) {
    return /(^|\/)(dist|src)\//.test(specifier) ? "reaches into another package; import it by its name" : undefined;
  }
  if (target !== undefined) {
    if (rank(target) < 0) return "is not in the package order";
    if (specifier !== packageName(target) && !subpaths.includes(specifier)) {
      return "reaches into a package; import its public names";
    }
    return rank(target) < rank(name) ? undefined : `is against the package order: ${name} comes before it`;
  }
  if (isTest) return undefined;
  if (specifier.startsWith("node:")) {
    return atOnce && portable.includes(name) ? "does not load in a browser; use await import()" : undefined;
  }
  return selfContained.includes(name) ? `is from outside, and ${name} has no run-time dependencies` : undefined;
}

/** What is wrong with the manifest and the TypeScript project of a package. */
function manifestFaults(name, folder) {
  const faults = [];
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const must = (holds, text) => holds || faults.push(`packages/${name}/package.json: ${text}`);
  must(manifest.name === packageName(name), `the name must follow the folder`);
  must(manifest.type === "module", `"type" must be "module"`);
  must(manifest.sideEffects === false, `"sideEffects" must be false`);
  must(manifest.engines?.node === ">=20", `"engines" must ask for Node >=20`);
  must(manifest.license === "MIT" && manifest.description, `a license and a description are missing`);
  const entries = Object.entries(manifest.exports ?? {}).filter(([path]) => path !== "./package.json");
  must(entries.some(([path]) => path === ".") && manifest.exports["./package.json"], `"exports" is incomplete`);
  for (const [path, entry] of entries) must(entry.types && entry.import, `"exports" of ${path} needs types and import`);

  const dependencies = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
  const inside = dependencies.map(([specifier]) => folderOf(specifier)).filter((target) => target !== undefined);
  for (const [specifier, range] of dependencies) {
    const target = folderOf(specifier);
    if (target === undefined) must(!selfContained.includes(name), `${specifier}: ${name} has no outside dependencies`);
    else must(range.startsWith("workspace:"), `${specifier} must be a workspace: range`);
  }
  for (const target of inside) must(rank(target) >= 0 && rank(target) < rank(name), `${target} is against the order`);
  const { references = [] } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile).config;
  const referenced = references.map(({ path }) => path.replace("../", ""));
  must(referenced.sort().join() === inside.sort().join(), `tsconfig.json must reference the same packages (${inside})`);
  return faults;
}

/** All faults under `root`, one line each. */
export function faults(root) {
  const found = [];
  for (const name of readdirSync(join(root, "packages")).sort()) {
    const folder = join(root, "packages", name);
    if (!existsSync(join(folder, "package.json"))) continue;
    if (rank(name) < 0) found.push(`packages/${name}: is not in the package order`);
    found.push(...manifestFaults(name, folder));
    for (const file of readdirSync(join(folder, "src"), { recursive: true })) {
      const path = join(folder, "src", file);
      if (!file.endsWith(".ts")) continue;
      for (const imported of imports(path)) {
        const fault = importFault(name, file.endsWith(".test.ts"), imported);
        if (fault) found.push(`${relative(root, path)}:${imported.line}: "${imported.specifier}" ${fault}`);
      }
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = faults(process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url)));
  for (const fault of found) console.log(fault);
  process.exitCode = found.length === 0 ? 0 : 1;
}
