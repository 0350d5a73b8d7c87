// Runs the built packages in Chromium: bundles scripts/browser, serves it with and without the headers that allow
// shared memory, always under a strict content-security policy, and prints one line for each check.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./process.mjs";
import { build as compile } from "./setup.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const LONGEST = 120_000;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src";

/** The ways in which the page is served, and what it may expect of each. */
const VISITS = [
  { title: "isolated, with workers", query: "isolated&workers", headers: ISOLATION, workers: "blob:" },
  { title: "isolated, workers forbidden", query: "isolated", headers: ISOLATION, workers: "'none'" },
  { title: "not isolated, workers forbidden", query: "", headers: {}, workers: "'none'" },
];

let failed = false;

function report(title, { name, passed, text }) {
  failed ||= !passed;
  console.log(`${passed ? "ok  " : "FAIL"} ${title}: ${name}: ${text}`);
}

/** Bundles the page as a user would; also says which of Node's modules the bundle asks for. */
async function bundle() {
  const { build } = await import("vite");
  const builtins = new Set(builtinModules);
  const asked = [];
  const watch = {
    name: "watch-for-node",
    enforce: "pre",
    resolveId(specifier, importer) {
      const found = specifier.startsWith("node:") || builtins.has(specifier.replace(/\/$/, ""));
      if (found) asked.push(`${specifier} in ${importer?.replace(/^.*node_modules\//, "")}`);
      return null;
    },
  };
  const { output } = await build({
    root: join(root, "scripts/browser"),
    configFile: false,
    // What is loaded at the time of use lies beside the page, in whatever folder that is.
    base: "./",
    logLevel: "silent",
    resolve: { alias: { adjoint: join(root, "packages/adjoint"), "@adjoint/kernels": join(root, "packages/kernels") } },
    plugins: [watch],
    build: {
      write: false,
      modulePreload: false,
      chunkSizeWarningLimit: Infinity,
      rolldownOptions: {
        input: join(root, "scripts/browser/page.js"),
        output: { entryFileNames: "page.js" },
      },
    },
  });
  return { files: new Map(output.map(({ fileName, code, source }) => [`/${fileName}`, code ?? source])), asked };
}

/** Serves the page and its bundle; each visit has a folder of its own, and headers that go with it. */
async function serve(files) {
  const page = readFileSync(join(root, "scripts/browser/index.html"));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const [, number, path] = /^\/(\d)(\/.*)$/.exec(pathname) ?? [];
    const visit = VISITS[number];
    const content = path === "/" ? page : files.get(path);
    const type = path === "/" ? "text/html" : "text/javascript";
    const policy = `${POLICY} ${visit?.workers}`;
    response.writeHead(visit && content ? 200 : 404, {
      ...visit?.headers,
      "content-type": type,
      "content-security-policy": policy,
    });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Opens the page once and reports its checks, and whatever the browser complains about. */
async function visitPage(browser, origin, number) {
  const { title, query } = VISITS[number];
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${origin}/${number}/?${query}`);
  const results = await page.evaluate(() => globalThis.checks);
  for (const result of results ?? []) report(title, result);
  if (!results?.length) complaints.push("the page did not load");
  if (complaints.length > 0) report(title, { name: "errors of the page", passed: false, text: complaints.join("; ") });
  await page.close();
}

async function main() {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  await compile(["packages/adjoint"]);
  const { files, asked } = await bundle();
  const size = [...files.values()].reduce((sum, code) => sum + code.length, 0);
  const text = asked.length === 0 ? `${(size / 1024).toFixed(0)} KiB, none of Node's modules` : asked.join("; ");
  report("bundle", { name: "adjoint", passed: asked.length === 0, text });

  const profile = mkdtempSync(join(tmpdir(), "adjoint-browser-"));
  const server = await serve(files);
  const { chromium } = await import("playwright-core");
  const options = { executablePath: CHROMIUM, headless: true, chromiumSandbox: false, args: FLAGS };
  const browser = await chromium.launchPersistentContext(profile, { ...options, timeout: 30_000 });
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    for (const number of VISITS.keys()) await visitPage(browser, origin, number);
    console.log(`Chromium ${browser.browser()?.version() ?? ""}, ${seconds()}`);
  } finally {
    await browser.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

if (existsSync(CHROMIUM)) {
  // Leaving ends the browser as well.
  const timer = setTimeout(() => {
    console.log(`FAIL no end after ${LONGEST / 1000} s`);
    process.exit(1);
  }, LONGEST);
  await main();
  clearTimeout(timer);
  process.exitCode = failed ? 1 : 0;
} else {
  console.log(`skipped: there is no ${CHROMIUM}; CHROMIUM names another`);
}
