// Packs every package as it would be published and checks each tarball with publint and arethetypeswrong.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind, problemKindInfo } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { capture, root } from "./process.mjs";

/** The packages are ES modules, so `require` and the resolution of Node 10 are not offered. */
const offered = ["node16-esm", "bundler"];

/** Advice not taken: "imports" would send the tests, which run on the sources, to the files of the last build. */
const declined = ["USE_EXPORTS_OR_IMPORTS_BROWSER"];

/** What publint finds in a tarball. */
async function publishingFaults(tarball) {
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  const found = messages.filter(({ code }) => !declined.includes(code));
  return found.map((message) => formatMessage(message, pkg, { color: false }));
}

/** What is wrong with the types in a tarball, as TypeScript sees them from Node and from bundlers. */
async function typeFaults(tarball) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  if (!analysis.types) return ["has no types"];
  return analysis.problems
    .filter((problem) => offered.some((kind) => problemAffectsResolutionKind(problem, kind, analysis)))
    .map((problem) => `${problemKindInfo[problem.kind].title}: ${JSON.stringify({ ...problem, trace: undefined })}`);
}

const folder = join(root, ".cache", "packs");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pack = ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder];
const packed = await capture("npx", ["--yes", packageManager, ...pack]);
const files = readdirSync(folder);
if (packed.status !== 0 || files.length === 0) {
  console.log(packed.output);
  process.exit(1);
}

for (const file of files) {
  const tarball = readFileSync(join(folder, file));
  for (const fault of [...(await publishingFaults(tarball)), ...(await typeFaults(tarball))]) {
    console.log(`${file}: ${fault}`);
    process.exitCode = 1;
  }
}
