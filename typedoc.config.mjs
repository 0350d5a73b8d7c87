import { existsSync } from "node:fs";
import { order, packageName } from "./scripts/check-order.mjs";

// A name belongs to the first module that exports it, so the umbrella comes last and only refers to the packages.
const modules = order
  .flat()
  .flatMap((name) => [`packages/${name}/src/index.ts`, `packages/${name}/src/testing/index.ts`]);

/** @type {import("typedoc").TypeDocOptions} */
export default {
  entryPoints: modules.filter((path) => existsSync(new URL(path, import.meta.url))),
  name: "Adjoint",
  logLevel: "Warn",
  out: "docs/api",
  tsconfig: "tsconfig.docs.json",
  plugin: ["./scripts/typedoc-plugin.mjs"],
  readme: "README.md",
  projectDocuments: ["CONTRIBUTING.md"],
  sort: ["kind", "alphabetical"],
  sortEntryPoints: false,
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  hideGenerator: true,
  includeVersion: false,
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    notDocumented: true,
  },
  packagesRequiringDocumentation: order.flat().map(packageName),
  requiredToBeDocumented: [
    "Namespace",
    "Enum",
    "Variable",
    "Function",
    "Class",
    "Interface",
    "Property",
    "Method",
    "Accessor",
    "TypeAlias",
  ],
};
