import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { data, io } from "adjoint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "./command.js";

class Recorder extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function runCommand(argv: string[], signal = new AbortController().signal) {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const status = await command(argv, { stdout, stderr, signal });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

let home: string;
const at = (...names: string[]): string => join(home, ...names);

const IMAGES = "train-images-idx3-ubyte";
const LABELS = "t10k-labels-idx1-ubyte";

/** A directory with few digits, in which one file is changed. */
async function changed(directory: string, name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  await data.writeDigits(at(directory), { train: 40, test: 20, seed: 3 });
  await writeFile(at(directory, name), change(await readFile(at(directory, name))));
  return at(directory);
}

/** A directory with digits of another size. */
async function smaller(): Promise<string> {
  await data.writeDigits(at("small"), { train: 20, test: 10, size: 14, seed: 3 });
  return at("small");
}

/** A label file that says 0 for each image. */
function noughts(count: number): Buffer {
  return Buffer.from(data.encodeIdx({ shape: [count], data: new Uint8Array(count) }));
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "adjoint-digits-"));
  await data.writeDigits(at("digits"), { train: 300, test: 100, seed: 3 });
});
afterAll(() => rm(home, { recursive: true }));

describe("the digits command", () => {
  it("trains, reports and writes its files", async () => {
    const ended = await runCommand(["--data", at("digits"), "--epochs", "3", "--batch", "16", "--out", at("out")]);
    expect(ended.stderr.trimEnd().split("\n")).toHaveLength(3);
    expect(ended.stderr).toMatch(/^epoch 1\/3 {2}loss \d\.\d+ {2}accuracy \d+\.\d+% {2}test accuracy/);
    expect(ended.stdout).toMatch(/test accuracy \d+\.\d\d% \(\d+ of 100\)/);
    expect(ended.stdout).toContain("true\\pred");
    expect(ended.status).toBe(0);

    const names = await readdir(at("out"));
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["curves.svg", "history.json", "model.safetensors"]));
    const { tensors } = await io.loadSafetensors(at("out", "model.safetensors"));
    expect([...Object.keys(tensors)].sort()).toEqual(["1.bias", "1.weight", "3.bias", "3.weight"]);
    const history = JSON.parse(await readFile(at("out", "history.json"), "utf8"));
    expect(history.trainLoss[2]).toBeLessThan(history.trainLoss[0]);
  });

  it("gives the same numbers for the same seed", async () => {
    const argv = ["--data", at("digits"), "--epochs", "1", "--seed", "7", "--out", at("same")];
    const first = await runCommand(argv);
    const second = await runCommand(argv);
    expect(first.status).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });

  it("shows help on standard output", async () => {
    const ended = await runCommand(["--help"]);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toContain("usage:");
  });

  it("ends with status 130 and no message when it is interrupted", async () => {
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 50);
    const argv = ["--data", at("digits"), "--epochs", "100000", "--out", at("interrupted")];
    expect(await runCommand(argv, interrupt.signal)).toMatchObject({ status: 130, stdout: "" });
    expect(await readdir(at("interrupted"))).toEqual([]);
  });

  it.each<[what: string, status: number, argv: () => Promise<string[]>, message: () => string]>([
    ["an unknown option", 2, async () => ["--epoch", "3"], () => "--epoch"],
    ["a number out of range", 2, async () => ["--lr", "-1"], () => '--lr is "-1"'],
    ["a missing directory", 1, async () => ["--data", at("nowhere")], () => at("nowhere")],
    ["a missing file", 1, async () => ["--data", home], () => IMAGES],
    [
      "a truncated file",
      1,
      async () => ["--data", await changed("short", IMAGES, (b) => b.subarray(0, 999))],
      () => IMAGES,
    ],
    [
      "a wrong magic",
      1,
      async () => ["--data", await changed("magic", IMAGES, () => Buffer.alloc(99, 7))],
      () => "magic",
    ],
    ["another count", 1, async () => ["--data", await changed("count", LABELS, () => noughts(19))], () => LABELS],
    ["images of another size", 1, async () => ["--data", await smaller()], () => "14 x 14"],
    ["an output that is a file", 1, async () => ["--out", at("digits", IMAGES)], () => `--out ${at("digits", IMAGES)}`],
    ["a rate that diverges", 1, async () => ["--data", at("digits"), "--lr", "1e30"], () => "--lr"],
  ])("ends with one line on standard error for %s", async (_what, status, argv, message) => {
    const words = await argv();
    const ended = await runCommand(words.includes("--out") ? words : ["--out", at("faults"), ...words]);
    expect(ended).toMatchObject({ status, stdout: "" });
    expect(ended.stderr).toMatch(/^adjoint: [^\n]+\n$/);
    expect(ended.stderr).toContain(message());
  });
});
