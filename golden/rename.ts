import type { Named } from "./cases.js";

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Keyword arguments by our names; `null` is PyTorch's way to leave one out. */
export const renamed = (attrs: Named<unknown>): Named<never> =>
  Object.fromEntries(Object.entries(attrs).flatMap(([name, x]) => (x === null ? [] : [[camelCase(name), x as never]])));
