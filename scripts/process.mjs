// Running other programs: quietly (output kept, shown when it fails) or with our own terminal.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The environment of a program that we run: without a terminal of our own to show colours on, it is asked to leave
 * them out, as some programs write them into pipes.
 */
const environment = () =>
  process.stdout.isTTY || "FORCE_COLOR" in process.env ? process.env : { ...process.env, NO_COLOR: "1" };

/** npx is a .cmd file on Windows, which only a shell can start. */
const needsShell = (command) => process.platform === "win32" && command === "npx";

/** Runs a program without input and resolves to `{ status, output }`, stdout and stderr together. */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, args, {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      shell: needsShell(command),
      ...options,
    });
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ status: 127, output: `${command}: ${error.message}` }));
    child.on("close", (code, signal) =>
      resolve({ status: code ?? 128 + constants.signals[signal], output: Buffer.concat(chunks).toString() }),
    );
  });
}

/** Runs a program on our terminal, hands it the signals we get, and resolves to its exit status. */
export function passThrough(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: environment(), stdio: "inherit", ...options });
    // Ctrl-C reaches the child too, through the terminal: we only have to outlive it. Other signals are ours alone.
    const ignore = () => {};
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", ignore);
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward);
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs a JavaScript file of an installed package on this Node, quietly. */
export const tool = (path, args = [], options = {}) =>
  capture(process.execPath, [`node_modules/${path}`, ...args], options);
