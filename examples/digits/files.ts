import { rm } from "node:fs/promises";
import { join } from "node:path";
import { data } from "adjoint";

/** Makes the directory for results and writes a probe into it, so that a long run cannot end in vain. */
export async function prepareDirectory(directory: string): Promise<void> {
  const caller = `--out ${directory}`;
  await data.makeDirectory(directory, { caller });
  const probe = join(directory, `.probe.${process.pid}`);
  await data.writeBytes(probe, "", { caller });
  await rm(probe);
}
