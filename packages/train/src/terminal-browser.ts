// Takes the place of terminal.ts in browsers, by "browser" in package.json: cli-progress needs Node's `readline`.
import type * as terminal from "./terminal.js";

/** Where progress goes when nothing is said: a line of the console for each line. */
export const standardError: typeof terminal.standardError = () => ({
  // oxlint-disable-next-line no-console -- the console is what a browser has for standard error
  write: (text) => console.info(text.trimEnd()),
});

/** Draws nothing, as there is no terminal. */
export const startBar: typeof terminal.startBar = () => null;
