import { ArgumentError, FormatError } from "@adjoint/core";

interface NodeModules {
  readonly "node:fs/promises": typeof import("node:fs/promises");
  readonly "node:path": typeof import("node:path");
}

/**
 * A module of Node's, taken at the time of use: a static `node:` import would keep
 * the whole package out of browsers.
 *
 * @throws ArgumentError `FILES_UNAVAILABLE` where there are no files
 */
async function nodeModule<Name extends keyof NodeModules>(caller: string, name: Name): Promise<NodeModules[Name]> {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  if (process?.versions?.node === undefined) {
    throw new ArgumentError(
      "FILES_UNAVAILABLE",
      `${caller}: there is no file system here; use the function that takes or gives bytes instead`,
    );
  }
  if (typeof process.getBuiltinModule === "function") return process.getBuiltinModule(name);
  // A variable, because bundlers for browsers try to resolve a literal.
  const specifier: string = name;
  return (await import(specifier)) as NodeModules[Name];
}

/** Node's functions on files. @throws ArgumentError `FILES_UNAVAILABLE` where there are none */
export const fileSystem = (caller: string): Promise<NodeModules["node:fs/promises"]> =>
  nodeModule(caller, "node:fs/promises");

/** Node's functions on paths. @throws ArgumentError `FILES_UNAVAILABLE` where there are none */
export const pathRules = (caller: string): Promise<NodeModules["node:path"]> => nodeModule(caller, "node:path");

/** Checks that a path can be one. @throws ArgumentError `FILE_PATH` */
export function checkPath(caller: string, path: string): void {
  if (typeof path === "string" && path !== "") return;
  throw new ArgumentError("FILE_PATH", `${caller}: the path is ${JSON.stringify(path)}; give a non-empty string`);
}

/** A refusal of the system's as an error of ours. */
export function fileError(code: string, what: string, error: unknown): FormatError {
  const reason = error instanceof Error ? error.message : String(error);
  return new FormatError(code, `${what}: ${reason}`, { cause: error });
}
