import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * Writes a whole file or nothing: the content goes to a neighbour first, which then takes the name.
 * An interrupt never leaves half a file under the name of a whole one.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Makes the directory for results and writes a probe into it, so that a long run cannot end in vain. */
export async function prepareDirectory(directory: string): Promise<void> {
  const probe = join(directory, `.probe.${process.pid}.tmp`);
  try {
    await makeDirectory(resolve(directory));
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`--out ${directory}: cannot be written to (${reason})`, { cause: error });
  }
}

/** Makes a directory and those above it. Node's own `recursive` never returns for a path such as /proc/x. */
async function makeDirectory(path: string): Promise<void> {
  const exists = async (): Promise<boolean> => (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (await exists()) return;
  if (dirname(path) !== path) await makeDirectory(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have been quicker, which is as good.
    if (!(await exists())) throw error;
  }
}
