import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareDirectory, writeWhole } from "./files.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "adjoint-digits-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("writeWhole", () => {
  it("replaces a file and leaves no draft behind", async () => {
    const path = join(directory, "a.txt");
    await writeWhole(path, "old");
    await writeWhole(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(directory)).toEqual(["a.txt"]);
  });

  it("leaves no draft behind when it fails either", async () => {
    await expect(writeWhole(directory, "over a directory")).rejects.toThrow("rename");
    expect(await readdir(join(directory, ".."))).not.toContainEqual(expect.stringMatching(/adjoint-digits-.*tmp$/));
  });
});

describe("prepareDirectory", () => {
  it("makes the directory with its parents and leaves it empty", async () => {
    const path = join(directory, "a", "b");
    await prepareDirectory(path);
    expect(await readdir(path)).toEqual([]);
  });

  it("ends, with a message, where the system lets nobody make a directory", async () => {
    await expect(prepareDirectory("/proc/adjoint/out")).rejects.toThrow(
      "--out /proc/adjoint/out: cannot be written to",
    );
  });

  it("says which directory cannot be written to when a file stands in the way", async () => {
    const path = join(directory, "file");
    await writeFile(path, "");
    await expect(prepareDirectory(path)).rejects.toThrow(`--out ${path}: cannot be written to`);
    await expect(prepareDirectory(join(path, "below"))).rejects.toThrow("cannot be written to");
  });
});
