// Makes a fresh clone ready: the pinned pnpm, the dependencies, the build. Each step is skipped when nothing changed.
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { capture, root, tool } from "./process.mjs";

const stamp = join(root, "node_modules", ".adjoint-installed");

/** A step of the set-up that failed; `output` is what the program printed. */
export class SetupError extends Error {
  constructor(message, output = "") {
    super(message);
    this.output = output;
  }
}

/** Stops on a Node that the packages do not support. */
export function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) {
    throw new SetupError(
      `Adjoint needs Node 20 or newer; this is Node ${process.versions.node} (${process.execPath}).`,
    );
  }
}

/** A hash of everything that decides what is installed: lockfile, manifests, settings and platform. */
function installationHash() {
  const manifests = ["packages", "examples", "bench", "golden", "."].flatMap((folder) => {
    const inside = folder === "packages" ? readdirSync(join(root, folder)).sort() : [""];
    return inside.map((name) => join(folder, name, "package.json"));
  });
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", ...manifests]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`\n${file}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** Keeps caches inside the repository when the home folder cannot be written, as on some build machines. */
function installEnvironment() {
  const environment = { ...process.env, CI: "true", npm_config_update_notifier: "false" };
  try {
    accessSync(homedir(), constants.W_OK);
  } catch {
    const cache = join(root, ".cache");
    mkdirSync(cache, { recursive: true });
    Object.assign(environment, {
      npm_config_cache: join(cache, "npm"),
      npm_config_store_dir: join(cache, "pnpm-store"),
      XDG_CACHE_HOME: cache,
      XDG_DATA_HOME: cache,
      XDG_STATE_HOME: cache,
    });
  }
  return environment;
}

/** Installs the dependencies of the lockfile, unless this was done and nothing changed since. */
async function install() {
  const hash = installationHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.error("Installing (once)…");
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { status, output } = await capture(
    "npx",
    ["--yes", packageManager, "install", "--frozen-lockfile", "--prefer-offline"],
    { env: installEnvironment() },
  );
  if (status !== 0) throw new SetupError("The installation failed.", output);
  writeFileSync(stamp, hash);
}

/** Compiles what changed, in the given projects (everything by default). */
export async function build(projects = []) {
  const announce = setTimeout(() => console.error("Building…"), 700); // A build with nothing to do says nothing.
  const { status, output } = await tool("typescript/bin/tsc", ["-b", ...projects]);
  clearTimeout(announce);
  if (status !== 0) throw new SetupError("The build failed.", output);
}

/** Compiles the examples for a run of one of them: a fault in another, half written perhaps, does not stop it. */
export async function buildExample(name) {
  try {
    await build(["examples"]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const faulty = [...error.output.matchAll(/^(\S.*?)\(\d+,\d+\): error TS/gm)].map(([, path]) =>
      path.replaceAll("\\", "/"),
    );
    const others = faulty.every((path) => /^examples\/[^/]+\//.test(path) && !path.startsWith(`examples/${name}/`));
    if (faulty.length === 0 || !others) throw error;
    console.error(`Other examples have faults, which ${name} does without: ${[...new Set(faulty)].join(", ")}`);
  }
}

/** Everything a command needs before it can run, up to the build. */
export async function setUp() {
  requireNode();
  await install();
}
