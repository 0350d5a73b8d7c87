let depth = 0;

/** Whether a formula is being traced: Values are symbols then, and their numbers are not to be read. */
export function isTracing(): boolean {
  return depth > 0;
}

/** Runs `fn` on symbolic Values: their numbers cannot be read, and everything is recorded. */
export function whileTracing<T>(fn: () => T): T {
  depth++;
  try {
    return fn();
  } finally {
    depth--;
  }
}
