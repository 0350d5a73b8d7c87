import { ArgumentError, checkOptions } from "@adjoint/core";
import { checkPath, fileError, fileSystem, pathRules } from "./file-system.js";
import { encodeIdx, parseIdx, type IdxData } from "./idx.js";

/** Options of {@link readBytes}, {@link writeBytes} and {@link makeDirectory}. */
export interface FileOptions {
  /** The function that error messages begin with, for functions that read and write formats. Default: the one called. */
  readonly caller?: string;
}

/** What messages begin with. @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN` */
function callerOf(called: string, options: FileOptions): string {
  checkOptions(called, options, '{ caller: "loadModel" }', ["caller"]);
  return options.caller ?? called;
}

/**
 * The bytes of a file.
 *
 * @throws FormatError `FILE_READ` with the system's reason; ArgumentError `FILE_PATH`, `FILES_UNAVAILABLE` outside Node
 *
 * @example
 * ```ts no-run
 * import { readBytes } from "@adjoint/data";
 * const bytes = await readBytes("model.safetensors");
 * console.log(bytes.length);
 * ```
 */
export async function readBytes(path: string, options: FileOptions = {}): Promise<Uint8Array> {
  const caller = callerOf("readBytes", options);
  checkPath(caller, path);
  const { readFile } = await fileSystem(caller);
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError("FILE_READ", `${caller}: cannot read ${path}`, error);
  }
}

/**
 * Writes a file whole or not at all: the content goes to a temporary file beside it,
 * which then takes its name. A file of that name is replaced.
 *
 * @param content - bytes, or text that is written as UTF-8
 * @throws FormatError `FILE_WRITE` with the system's reason; ArgumentError `FILE_PATH`, `FILE_CONTENT`,
 * `FILES_UNAVAILABLE` outside Node
 *
 * @example
 * ```ts no-run
 * import { makeDirectory, writeBytes } from "@adjoint/data";
 * await makeDirectory("out");
 * await writeBytes("out/history.json", JSON.stringify({ loss: [0.9, 0.4] }));
 * ```
 */
export async function writeBytes(path: string, content: Uint8Array | string, options: FileOptions = {}): Promise<void> {
  const caller = callerOf("writeBytes", options);
  checkPath(caller, path);
  if (typeof content !== "string" && !(content instanceof Uint8Array)) {
    throw new ArgumentError(
      "FILE_CONTENT",
      `${caller}: the content is ${typeof content}; give a Uint8Array or a string`,
    );
  }
  const { rename, rm, writeFile } = await fileSystem(caller);
  const temporary = `${path}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError("FILE_WRITE", `${caller}: cannot write ${path}`, error);
  }
}

/**
 * Makes a directory and those above it, where they are not there yet.
 *
 * @throws FormatError `FILE_WRITE` with the system's reason; ArgumentError `FILE_PATH`, `FILES_UNAVAILABLE` outside Node
 *
 * @example
 * ```ts no-run
 * import { makeDirectory } from "@adjoint/data";
 * await makeDirectory("runs/2024/first");
 * ```
 */
export async function makeDirectory(path: string, options: FileOptions = {}): Promise<void> {
  const caller = callerOf("makeDirectory", options);
  checkPath(caller, path);
  const { mkdir, stat } = await fileSystem(caller);
  const { dirname, resolve } = await pathRules(caller);
  const isThere = async (folder: string): Promise<boolean> =>
    (await stat(folder).catch(() => null))?.isDirectory() ?? false;
  // Not mkdir's own `recursive`, which in Node 20 never returns for a path such as /proc/x.
  const make = async (folder: string): Promise<void> => {
    if (await isThere(folder)) return;
    if (dirname(folder) !== folder) await make(dirname(folder));
    await mkdir(folder).catch(async (error: unknown) => {
      // Another process may have been quicker, which is as good.
      if (!(await isThere(folder))) throw error;
    });
  };
  try {
    await make(resolve(path));
  } catch (error) {
    throw fileError("FILE_WRITE", `${caller}: cannot make the directory ${path}`, error);
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
  return parseIdx(await readBytes(path, { caller: "readIdxFile" }), { name: path });
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
  await writeBytes(path, encodeIdx(array), { caller: "writeIdxFile" });
}
