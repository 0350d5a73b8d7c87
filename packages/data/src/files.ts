import { ArgumentError, FormatError } from "@adjoint/core";
import { fileSystem } from "./file-system.js";
import { encodeIdx, parseIdx, type IdxData } from "./idx.js";

/** The bytes of a file. @throws FormatError `FILE_READ` with the system's reason. */
export async function readBytes(caller: string, path: string): Promise<Uint8Array> {
  const { readFile } = await fileSystem(caller);
  try {
    return await readFile(checkPath(caller, path));
  } catch (error) {
    throw fileError("FILE_READ", `${caller}: cannot read ${path}`, error);
  }
}

/**
 * Writes a file whole or not at all: the bytes go to a temporary file beside it,
 * which then takes its name.
 *
 * @throws FormatError `FILE_WRITE` with the system's reason
 */
export async function writeBytes(caller: string, path: string, bytes: Uint8Array): Promise<void> {
  const { rename, rm, writeFile } = await fileSystem(caller);
  const temporary = `${checkPath(caller, path)}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError("FILE_WRITE", `${caller}: cannot write ${path}`, error);
  }
}

/**
 * Reads an IDX file, packed with gzip or not.
 *
 * @throws FormatError `FILE_READ` and the codes of {@link parseIdx}
 *
 * @example
 * ```ts no-run
 * import { readIdxFile } from "@adjoint/data";
 * const { shape, data } = await readIdxFile("mnist/t10k-labels-idx1-ubyte.gz");
 * console.log(shape, data[0]);
 * ```
 */
export async function readIdxFile(path: string): Promise<IdxData> {
  return parseIdx(await readBytes("readIdxFile", path), { name: path });
}

/**
 * Writes an IDX file whole or not at all; not packed.
 *
 * @throws FormatError `FILE_WRITE`; ArgumentError as {@link encodeIdx}
 *
 * @example
 * ```ts no-run
 * import { writeIdxFile } from "@adjoint/data";
 * await writeIdxFile("labels.idx", { shape: [3], data: Uint8Array.of(7, 2, 1) });
 * ```
 */
export async function writeIdxFile(path: string, array: IdxData): Promise<void> {
  await writeBytes("writeIdxFile", path, encodeIdx(array));
}

function checkPath(caller: string, path: string): string {
  if (typeof path === "string" && path !== "") return path;
  throw new ArgumentError("FILE_PATH", `${caller}: the path is ${JSON.stringify(path)}; give a non-empty string`);
}

function fileError(code: string, what: string, error: unknown): Error {
  if (error instanceof ArgumentError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new FormatError(code, `${what}: ${reason}`, { cause: error });
}
