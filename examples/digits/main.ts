/** Trains a network to read handwritten digits and reports how well it does; `--help` lists the options. */
// smoke: --epochs 1 --out out/smoke
import { command } from "./command.js";

const interrupt = new AbortController();
// Once: a second interrupt ends the process at once, as usual.
process.once("SIGINT", () => interrupt.abort());
// A reader such as `head` may leave before the end: that is its right, and no fault of this program.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const { stdout, stderr } = process;
process.exitCode = await command(process.argv.slice(2), { stdout, stderr, signal: interrupt.signal });
