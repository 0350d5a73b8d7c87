import type { Modules } from "./build.js";

/** Attention and transformers. */
export const modules: Modules = {};
