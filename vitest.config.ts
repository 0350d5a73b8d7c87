import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

// Tests run on the sources, so that a change is tested without a build.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@adjoint\/([a-z]+)\/testing$/, replacement: source("$1/src/testing/index.ts") },
      { find: /^@adjoint\/([a-z]+)$/, replacement: source("$1/src/index.ts") },
      { find: /^adjoint\/testing$/, replacement: source("adjoint/src/testing/index.ts") },
      { find: /^adjoint$/, replacement: source("adjoint/src/index.ts") },
    ],
  },
  test: {
    include: ["packages/*/src/**/*.test.ts", "{docs,examples,golden,scripts}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 60_000,
  },
});
