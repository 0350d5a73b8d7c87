// What must hold in a browser. Each check returns a line of figures, or throws.
import {
  data,
  fromTypedArray,
  io,
  manualSeed,
  matmul,
  nn,
  noGrad,
  optim,
  argmax,
  tanh,
  train,
  viz,
  zeros,
} from "adjoint";
import { setThreads, threads, tier } from "@adjoint/kernels";
// How many workers have joined is nobody's business but the kernels', and this test's.
import { teamFor } from "../../packages/kernels/dist/threads.js";
import { activeProgram } from "../../packages/kernels/dist/tier.js";

const SIZE = 512;

function must(holds, text) {
  if (!holds) throw new Error(text);
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The threads that would work on a large product now. */
const team = () => teamFor(activeProgram()).threads;

/** Numbers from -1 to 1 that are the same everywhere. */
function numbers(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

const a = numbers(SIZE * SIZE, 1);
const b = numbers(SIZE * SIZE, 2);
const [left, right] = [a, b].map((array) => fromTypedArray(array, [SIZE, SIZE]));
let want = null;
let product = null;

/** The product in float64 loops, and the same sums with all terms positive, which bound the rounding errors. */
function referenceProduct() {
  const sums = new Float64Array(SIZE * SIZE);
  const magnitudes = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let k = 0; k < SIZE; k++) {
      const x = a[i * SIZE + k];
      for (let j = 0; j < SIZE; j++) {
        const term = x * b[k * SIZE + j];
        sums[i * SIZE + j] += term;
        magnitudes[i * SIZE + j] += Math.abs(term);
      }
    }
  }
  return { sums, magnitudes };
}

/** Compares products of the team as it is now: several, as a team that was held up works alone for a while. */
function checkProduct() {
  const workers = team();
  const [got, ...more] = Array.from({ length: 4 }, () => matmul(left, right).data);
  want ??= referenceProduct();
  const error = got.reduce((most, x, i) => Math.max(most, Math.abs(x - want.sums[i]) / want.magnitudes[i]), 0);
  must(error < 1e-6, `the relative error is ${error}`);
  product ??= got;
  const same = [got, ...more].every((other) => other.every((x, i) => x === product[i]));
  must(same, "the result depends on the number of threads");
  return `${workers} thread${workers > 1 ? "s" : ""}, relative error ${error.toExponential(1)}`;
}

function checkSurroundings({ isolated }) {
  must(!("process" in globalThis) && !("require" in globalThis), "there are traces of Node");
  must(crossOriginIsolated === isolated, `crossOriginIsolated is ${crossOriginIsolated}`);
  must(["relaxed", "plain"].includes(tier()), `the tier is ${tier()}`);
  must(threads() >= 1, `threads() is ${threads()}`);
  const figures = `tier ${tier()}, threads ${threads()}, ${navigator.hardwareConcurrency} cores`;
  // Workers are to be tried on a machine with one core as well.
  setThreads(Math.max(2, threads()));
  return figures;
}

async function checkTeam({ workers }) {
  const began = performance.now();
  const expected = workers ? threads() : 1;
  // Without workers there is nothing to wait for: half a second is enough for one to turn up against the policy.
  while (performance.now() - began < (workers ? 10_000 : 500) && (!workers || team() < expected)) await wait(10);
  must(team() === expected, `${team()} of ${expected} threads work`);
  return `${expected} after ${Math.round(performance.now() - began)} ms`;
}

function checkMap() {
  const x = numbers(200_000, 3);
  const got = tanh(fromTypedArray(x, [x.length])).data;
  const error = got.reduce((most, y, i) => Math.max(most, Math.abs(y - Math.tanh(x[i]))), 0);
  must(error < 2e-7, `the error is ${error}`);
  return `error ${error.toExponential(1)}`;
}

function checkTraining() {
  const began = performance.now();
  manualSeed(0);
  const { x, y } = data.spiral({ pointsPerClass: 100, seed: 1 });
  const layers = [new nn.Linear(2, 50), new nn.ReLU(), new nn.Linear(50, 50), new nn.ReLU(), new nn.Linear(50, 3)];
  const model = new nn.Sequential(...layers);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  for (let step = 0; step < 400; step++) {
    const loss = nn.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  const accuracy = train.accuracy(noGrad(() => argmax(model.forward(x), { axis: 1 })).data, y.data);
  must(accuracy > 0.95, `the accuracy is ${accuracy}`);
  return `accuracy ${accuracy.toFixed(4)} after 400 steps in ${((performance.now() - began) / 1000).toFixed(1)} s`;
}

async function checkFiles() {
  const { tensors } = io.decodeSafetensors(io.encodeSafetensors({ weight: left }));
  must(
    tensors.weight.data.every((x, i) => x === a[i]),
    "safetensors changed the numbers",
  );
  const refusal = await data.readIdxFile("digits.idx").then(
    () => null,
    (error) => error,
  );
  must(refusal?.code === "FILES_UNAVAILABLE", `readIdxFile ended with ${refusal}`);
  return "bytes are read and written, files are refused";
}

async function checkPictures() {
  const curves = await viz.curvesSvg({ training: [2.3, 0.9, 0.5] }, { title: "Loss" });
  const graph = await viz.graphSvg(zeros([2]).add(1).sum());
  for (const svg of [curves, graph]) {
    const { documentElement } = new DOMParser().parseFromString(svg, "image/svg+xml");
    must(documentElement.localName === "svg", "a picture is no SVG document");
  }
  return `SVG of ${curves.length} and ${graph.length} characters`;
}

function checkReports() {
  const progress = new train.ProgressBar({ epochs: 1, examples: 100 });
  progress.update(100, { loss: 0.5 });
  progress.finishEpoch({ loss: 0.5 });
  progress.stop();
  const rows = train
    .confusionTable([
      [9, 1],
      [0, 8],
    ])
    .split("\n");
  must(rows.length === 3, `the table has ${rows.length} rows`);
  return "a line for the epoch, a table of 3 rows";
}

/** The speed of products that run for half a second. */
function productSpeed() {
  const [times, most] = [[], team()];
  for (const began = performance.now(); performance.now() - began < 500;) {
    const start = performance.now();
    matmul(left, right);
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  const speed = (milliseconds) => ((2 * SIZE ** 3) / milliseconds / 1e6).toFixed(1);
  return `${speed(times[times.length >> 1])} GFLOP/s (best ${speed(times[0])}) on ${most}`;
}

/** Figures only: nothing depends on the speed. */
function measureProduct({ workers }) {
  const speeds = [productSpeed()];
  if (workers) {
    setThreads(1);
    speeds.push(productSpeed());
  }
  return `tier ${tier()}, ${speeds.join(", ")}`;
}

function checkPolicy({ violations, workers }) {
  const forbidden = violations.filter((text) => workers || !text.startsWith("worker-src"));
  must(forbidden.length === 0, forbidden.join("; "));
  return violations.length === 0 ? "nothing forbidden was tried" : "a worker was tried, and done without";
}

const CHECKS = {
  surroundings: checkSurroundings,
  "product, at once": checkProduct,
  "workers join": checkTeam,
  "product, with workers": checkProduct,
  map: checkMap,
  training: checkTraining,
  files: checkFiles,
  pictures: checkPictures,
  reports: checkReports,
  "speed of a product": measureProduct,
  "content-security policy": checkPolicy,
};

/** Runs all checks in order: `[{ name, passed, text }]`. */
export async function runChecks(violations) {
  const query = new URLSearchParams(location.search);
  const expected = { isolated: query.has("isolated"), workers: query.has("workers"), violations };
  const results = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      results.push({ name, passed: true, text: await check(expected) });
    } catch (error) {
      results.push({ name, passed: false, text: String(error?.stack ?? error) });
    }
  }
  return results;
}
