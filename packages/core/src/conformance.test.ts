import { test, expect } from "vitest";
import * as core from "./index.js";
import { conform, type Conformable } from "./testing/index.js";
const ops = Object.entries(core).filter(([, x]) => typeof x === "function" && "op" in x) as unknown as [string, Conformable][];
for (const [name, op] of ops) test(name, () => { conform(op); expect(1).toBe(1) });
