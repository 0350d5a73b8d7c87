import { AdjointError } from "@adjoint/core";
import { type Holder, modulesUnder } from "./fields.js";

/** How many `forward` calls of modules are under way, one inside the other. */
let depth = 0;

/** The innermost module in which each error was thrown. */
const origins = new WeakMap<AdjointError, Holder>();

/**
 * Runs the `forward` of a module so that an error of ours names the module it comes from: the innermost module is remembered on the
 * way up, and the outermost, which knows the whole model, writes its path into the message.
 */
export function withPath<Output>(module: Holder, run: () => Output): Output {
  depth++;
  try {
    return run();
  } catch (error) {
    if (error instanceof AdjointError) trace(module, error);
    throw error;
  } finally {
    depth--;
  }
}

function trace(module: Holder, error: AdjointError): void {
  const origin = origins.get(error) ?? module;
  origins.set(error, origin);
  if (depth > 1) return;
  for (const [path, found] of modulesUnder(module)) {
    if (found === origin && path !== "") append(error, ` (in model.${path})`);
  }
}

function append(error: AdjointError, suffix: string): void {
  const { message, stack } = error;
  error.message = message + suffix;
  // The stack was written with the message when the error was made, and it is what is printed.
  if (stack !== undefined) error.stack = stack.replace(message, () => message + suffix);
}
