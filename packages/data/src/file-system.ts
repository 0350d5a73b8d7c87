import { ArgumentError } from "@adjoint/core";

type FileSystem = typeof import("node:fs/promises");

/**
 * Node's file system, taken at the time of use: a static `node:` import would keep
 * the whole package out of browsers.
 *
 * @throws ArgumentError `FILES_UNAVAILABLE` where there are no files
 */
export async function fileSystem(caller: string): Promise<FileSystem> {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  if (process?.versions?.node === undefined) {
    throw new ArgumentError(
      "FILES_UNAVAILABLE",
      `${caller}: there is no file system here; fetch the bytes and parse them instead`,
    );
  }
  if (typeof process.getBuiltinModule === "function") return process.getBuiltinModule("node:fs/promises");
  // A variable, because bundlers for browsers try to resolve a literal.
  const specifier: string = "node:fs/promises";
  return (await import(specifier)) as FileSystem;
}
