import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeDirectory, readBytes, readIdxFile, writeBytes, writeIdxFile } from "./files.js";
import { loadMnist } from "./mnist.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "adjoint-files-"));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

describe("writeBytes", () => {
  test("replaces a file whole, with bytes or text, and leaves nothing beside it", async () => {
    const path = join(folder, "a");
    await writeFile(path, "old and longer than what follows");
    await writeBytes(path, Uint8Array.of(7, 8, 9));
    expect([...(await readBytes(path))]).toEqual([7, 8, 9]);
    await writeBytes(path, "∂f");
    expect(await readFile(path, "utf8")).toBe("∂f");
    expect(await readdir(folder)).toEqual(["a"]);
  });

  test("leaves the old state and nothing beside it when it fails", async () => {
    const path = join(folder, "a");
    await mkdir(path);
    const code = "FILE_WRITE";
    await expect(writeBytes(path, "over a directory")).rejects.toMatchObject({ name: "FormatError", code });
    await expect(writeBytes(join(path, "b", "c"), "below nothing")).rejects.toMatchObject({ code });
    expect(await readdir(folder, { recursive: true })).toEqual(["a"]);
  });

  test("refuses what is neither bytes nor text", async () => {
    for (const content of [null, [1, 2], new Float32Array(2)]) {
      await expect(writeBytes(join(folder, "a"), content as never)).rejects.toMatchObject({ code: "FILE_CONTENT" });
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("makeDirectory", () => {
  test("makes those above too, and is content with one that is there", async () => {
    const path = join(folder, "a", "b", "c");
    await makeDirectory(path);
    await writeBytes(join(path, "kept"), "");
    await makeDirectory(path);
    expect(await readdir(path)).toEqual(["kept"]);
  });

  test("may be called twice at once", async () => {
    const path = join(folder, "a", "b");
    await Promise.all([makeDirectory(path), makeDirectory(path), makeDirectory(join(path, "c"))]);
    expect(await readdir(path)).toEqual(["c"]);
  });

  test("ends with an error where the system lets nobody make one, or a file stands in the way", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    for (const path of ["/proc/adjoint", "/proc/adjoint/below", file, join(file, "below")]) {
      await expect(makeDirectory(path)).rejects.toMatchObject({
        name: "FormatError",
        code: "FILE_WRITE",
        message: expect.stringContaining(`makeDirectory: cannot make the directory ${path}: `),
      });
    }
  });
});

describe("files", () => {
  const calls: readonly [string, (path: string) => Promise<unknown>][] = [
    ["readBytes", readBytes],
    ["writeBytes", (path) => writeBytes(path, "")],
    ["makeDirectory", makeDirectory],
    ["readIdxFile", readIdxFile],
    ["writeIdxFile", (path) => writeIdxFile(path, { shape: [1], data: Uint8Array.of(1) })],
    ["loadMnist", loadMnist],
  ];

  test.each(calls)("%s is an ArgumentError without a path", async (name, call) => {
    for (const path of ["", undefined]) {
      await expect(call(path as string)).rejects.toMatchObject({
        name: "ArgumentError",
        code: "FILE_PATH",
        message: expect.stringContaining(`${name}: the path is ${JSON.stringify(path)}`),
      });
    }
  });

  test.each(calls)("%s is an ArgumentError where there is no file system", async (name, call) => {
    vi.stubGlobal("process", undefined);
    await expect(call(join(folder, "a"))).rejects.toMatchObject({
      name: "ArgumentError",
      code: "FILES_UNAVAILABLE",
      message: expect.stringContaining(`${name}: there is no file system here`),
    });
  });

  test("are reached by Node before it had getBuiltinModule, too", async () => {
    vi.stubGlobal("process", { versions: { node: "20.0.0" } });
    await makeDirectory(join(folder, "a"));
    await writeIdxFile(join(folder, "a", "b"), { shape: [1], data: Int32Array.of(-5) });
    expect(await readIdxFile(join(folder, "a", "b"))).toEqual({ shape: [1], data: Int32Array.of(-5) });
  });

  test("that cannot be read or written are FormatErrors with the path and the system's error", async () => {
    const path = join(folder, "nowhere", "a");
    for (const [name, call, code] of [
      ["readIdxFile", readIdxFile, "FILE_READ"],
      ["writeBytes", (to: string) => writeBytes(to, ""), "FILE_WRITE"],
    ] as const) {
      const message = expect.stringMatching(new RegExp(`^${name}: cannot (read|write) ${path}: ENOENT`));
      const cause = expect.objectContaining({ code: "ENOENT" });
      await expect(call(path)).rejects.toMatchObject({ name: "FormatError", code, message, cause });
    }
  });
});
