import { ArgumentError, FormatError } from "@adjoint/core";

type FileSystem = typeof import("node:fs/promises");

/**
 * Node's file system, taken at the time of use: a static `node:` import would keep
 * the whole package out of browsers.
 */
async function fileSystem(caller: string): Promise<FileSystem> {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  if (process?.versions?.node === undefined) {
    throw new ArgumentError(
      "FILES_UNAVAILABLE",
      `${caller}: there is no file system here; encode or decode bytes instead`,
    );
  }
  if (typeof process.getBuiltinModule === "function") return process.getBuiltinModule("node:fs/promises");
  // A variable, because bundlers for browsers try to resolve a literal.
  const specifier: string = "node:fs/promises";
  return (await import(specifier)) as FileSystem;
}

/** The bytes of a file. @throws FormatError `FILE_READ` with the system's reason */
export async function readBytes(caller: string, path: string): Promise<Uint8Array> {
  checkPath(caller, path);
  const { readFile } = await fileSystem(caller);
  try {
    return await readFile(path);
  } catch (error) {
    throw new FormatError("FILE_READ", `${caller}: cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}

/**
 * Writes a file whole or not at all: the bytes go to a temporary file beside it,
 * which then takes its name.
 *
 * @throws FormatError `FILE_WRITE` with the system's reason
 */
export async function writeBytes(caller: string, path: string, bytes: Uint8Array): Promise<void> {
  checkPath(caller, path);
  const { rename, rm, writeFile } = await fileSystem(caller);
  const temporary = `${path}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FormatError("FILE_WRITE", `${caller}: cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

function checkPath(caller: string, path: string): void {
  if (typeof path === "string" && path !== "") return;
  throw new ArgumentError("FILE_PATH", `${caller}: the path is ${JSON.stringify(path)}; give a non-empty string`);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
