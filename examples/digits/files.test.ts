import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareDirectory } from "./files.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "adjoint-digits-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("prepareDirectory", () => {
  it("makes the directory with its parents and leaves it empty", async () => {
    const path = join(directory, "a", "b");
    await prepareDirectory(path);
    expect(await readdir(path)).toEqual([]);
  });

  it("ends, with a message, where the system lets nobody make a directory", async () => {
    await expect(prepareDirectory("/proc/adjoint/out")).rejects.toThrow(
      "--out /proc/adjoint/out: cannot make the directory",
    );
  });

  it("says which directory cannot be made when a file stands in the way", async () => {
    const path = join(directory, "file");
    await writeFile(path, "");
    await expect(prepareDirectory(path)).rejects.toThrow(`--out ${path}: cannot make the directory`);
    await expect(prepareDirectory(join(path, "below"))).rejects.toThrow("cannot make the directory");
  });
});
