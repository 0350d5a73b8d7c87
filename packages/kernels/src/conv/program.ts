import type { Callable, FunctionBuilder, Local, ModuleBuilder } from "../assembler.js";
import { emitMultiplyAdd, emitStep, type TileShape } from "../gemm-tile.js";
import { forRange, setMinimum } from "../loops.js";
import { defineCopyPlanes } from "./copy-planes.js";

/**
 * The description of convolutions of stride 1 in memory: 32-bit words at these offsets.
 *
 * Images are copied into a box that holds all that windows reach, zeros around an image included. In the box the cell
 * under a tap is at `position + offset of the tap`, and positions run on from row to row: where a window would stick out at
 * the right, they give numbers that nobody uses. Meanwhile the rows of the output are as wide as those of the box.
 */
export const CONVOLUTION = {
  /** Addresses, each with the bytes from one image of one group to the next. */
  input: 0,
  inputBytes: 4,
  box: 8,
  boxBytes: 12,
  wide: 16,
  wideBytes: 20,
  output: 24,
  outputBytes: 28,
  /** What each image adds to the gradients of the weights. */
  gradient: 32,
  gradientBytes: 36,
  /** The weights in panels, with the bytes from one group to the next. */
  weight: 40,
  weightBytes: 44,
  /** Groups, and the images that a task takes into one box, one behind the other in each of its planes. */
  groups: 48,
  images: 52,
  /** Channels and filters of a group. */
  channels: 56,
  filters: 60,
  /** From where to where the offsets of all taps of all channels stand. */
  table: 64,
  tableEnd: 68,
  /** The first byte of a channel that is copied, where it goes, how many rows follow, and the bytes of each. */
  from: 72,
  to: 76,
  rows: 80,
  rowBytes: 84,
  /** Bytes from row to row, from plane to plane, and in the box from image to image. */
  inputPitch: 88,
  inputPlane: 92,
  boxPitch: 96,
  boxImage: 100,
  boxPlane: 104,
  widePlane: 108,
  outputPitch: 112,
  outputPlane: 116,
  outputRows: 120,
} as const;

/** Bytes of a description. */
export const CONVOLUTION_BYTES = 124;

/** Filters and taps of a tile of the gradient: sixteen registers hold it and what it reads. */
export const GRADIENT_TILE = { filters: 4, taps: 2 } as const;

/** Bytes of positions after which the tiles of the gradient start anew: what they read then stays in the first-level cache. */
const SEGMENT = 4096;

type Word = keyof typeof CONVOLUTION;

/** A task `(index, job, scratch)` on images of one group: the next ones for every next multiple of the groups. */
class ImagesTask {
  readonly f: FunctionBuilder;
  readonly box: Local;
  readonly wide: Local;
  private readonly copy: Callable;
  private readonly image: Local;

  constructor(module: ModuleBuilder, copy: Callable) {
    this.f = module.defineFunction({ parameters: ["i32", "i32", "i32"] });
    this.copy = copy;
    this.image = this.f.local("i32");
    this.box = this.own("box");
    this.wide = this.own("wide");
  }

  /** Pushes words of the description. */
  readonly push = (...words: readonly Word[]): FunctionBuilder => {
    const [, job] = this.f.parameters;
    for (const word of words) this.f.get(job).i32Load(CONVOLUTION[word]);
    return this.f;
  };

  /** Sets a local to the address of what belongs to the task. */
  own(name: "box" | "wide" | "gradient"): Local {
    const [index] = this.f.parameters;
    const local = this.f.local("i32");
    this.push(name, `${name}Bytes`).get(index).i32Mul().i32Add().set(local);
    return local;
  }

  /** Pushes the number of the group. */
  group(): FunctionBuilder {
    this.f.get(this.f.parameters[0]);
    return this.push("groups").i32RemU();
  }

  /** Copies every image into the box. */
  fill(): void {
    this.eachImage(() => {
      this.push("from");
      this.inArray("input").i32Add();
      this.push("inputPitch", "inputPlane", "to");
      this.inBox(this.box).i32Add();
      this.push("boxPitch", "boxPlane", "channels", "rows", "rowBytes").call(this.copy);
    });
  }

  /** Copies the outputs of all images from rows as wide as the box to their own, or back. */
  narrow(back: boolean): void {
    const place = (isWide: boolean): void => {
      if (isWide) this.inBox(this.wide);
      else this.inArray("output");
      this.push(isWide ? "boxPitch" : "outputPitch", isWide ? "widePlane" : "outputPlane");
    };
    this.eachImage(() => {
      place(!back);
      place(back);
      this.push("filters", "outputRows", "outputPitch").call(this.copy);
    });
  }

  private eachImage(body: () => void): void {
    forRange(this.f, this.image, { end: () => this.push("images") }, body);
  }

  /** Pushes the address of the image in an array of all of them. */
  private inArray(name: "input" | "output"): FunctionBuilder {
    const [index] = this.f.parameters;
    this.push(name, `${name}Bytes`).get(index);
    this.push("groups").i32DivU();
    this.push("images").i32Mul().get(this.image).i32Add();
    this.push("groups").i32Mul();
    return this.group().i32Add().i32Mul().i32Add();
  }

  private inBox(start: Local): FunctionBuilder {
    this.f.get(start);
    return this.push("boxImage").get(this.image).i32Mul().i32Add();
  }
}

/** Defines the two tasks: the output from the input and the weights, and the gradients of the weights. */
export function defineConvolutionTasks(
  module: ModuleBuilder,
  shape: TileShape,
): [forward: Callable, gradient: Callable] {
  const copy = defineCopyPlanes(module);
  return [defineForward(module, shape, copy), defineGradient(module, shape, copy)];
}

function defineForward(module: ModuleBuilder, shape: TileShape, copy: Callable): Callable {
  const tile = defineTapTile(module, shape);
  const task = new ImagesTask(module, copy);
  const { f, push } = task;
  const [panel, position, weight, target] = f.locals("i32", 4);
  task.fill();
  push("weight", "weightBytes");
  task.group().i32Mul().i32Add().set(weight).get(task.wide).set(target);
  forRange(f, panel, { end: () => push("filters"), step: shape.rows }, () => {
    forRange(f, position, { end: () => push("widePlane"), step: 16 * shape.vectors }, () => {
      f.get(weight);
      push("table", "tableEnd").get(task.box).get(position).i32Add().get(target).get(position).i32Add();
      push("widePlane").call(tile);
    });
    f.get(weight);
    push("tableEnd", "table").i32Sub().i32Const(shape.rows).i32Mul().i32Add().set(weight);
    f.get(target);
    push("widePlane").i32Const(shape.rows).i32Mul().i32Add().set(target);
  });
  task.narrow(false);
  return f;
}

/**
 * `tile(weight, table, tableEnd, box, out, pitch)`: a tile of a matrix product whose second operand lies in the box, where
 * the table says.
 */
function defineTapTile(module: ModuleBuilder, shape: TileShape): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] });
  const [weight, table, end, box, out, pitch] = f.parameters;
  const cell = f.local("i32");
  const sums = Array.from({ length: shape.rows }, () => f.locals("v128", shape.vectors));
  f.loop((again) => {
    f.get(box).get(table).i32Load().i32Add().set(cell);
    emitStep(f, shape, weight, cell, sums);
    f.get(weight)
      .i32Const(4 * shape.rows)
      .i32Add()
      .set(weight);
    f.get(table).i32Const(4).i32Add().tee(table).get(end).i32Ne().brIf(again);
  });
  for (const row of sums) {
    row.forEach((sum, j) =>
      f
        .get(out)
        .get(sum)
        .v128Store(16 * j),
    );
    f.get(out).get(pitch).i32Add().set(out);
  }
  return f;
}

function defineGradient(module: ModuleBuilder, shape: TileShape, copy: Callable): Callable {
  const tile = defineGradientTile(module, shape);
  const task = new ImagesTask(module, copy);
  const { f, push } = task;
  const { filters, taps } = GRADIENT_TILE;
  const gradient = task.own("gradient");
  const [start, stop, filter, tap] = f.locals("i32", 4);
  task.fill();
  task.narrow(true);
  f.get(gradient).i32Const(0);
  push("gradientBytes").memoryFill();
  forRange(f, start, { end: () => push("widePlane"), step: SEGMENT }, () => {
    setMinimum(
      f,
      stop,
      () => f.get(start).i32Const(SEGMENT).i32Add(),
      () => push("widePlane"),
    );
    forRange(f, filter, { end: () => push("filters"), step: filters }, () => {
      forRange(f, tap, { from: () => push("table"), end: () => push("tableEnd"), step: 4 * taps }, () => {
        f.get(task.wide).get(filter);
        push("widePlane").i32Mul().i32Add();
        push("widePlane").get(start).get(stop).get(task.box).get(tap);
        f.get(gradient).get(filter);
        push("tableEnd", "table").i32Sub().i32Mul().i32Add().get(tap).i32Add();
        push("table").i32Sub();
        push("tableEnd", "table").i32Sub().call(tile);
      });
    });
  });
  return f;
}

/**
 * `tile(wide, plane, start, stop, box, table, out, pitch)`: adds to `out` the products of planes of the output with the cells
 * under taps, summed over the positions from `start` to `stop`. Lanes are neighbouring positions.
 */
function defineGradientTile(module: ModuleBuilder, { fused }: TileShape): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] });
  const [wide, plane, start, stop, box, table, out, pitch] = f.parameters;
  const { filters, taps } = GRADIENT_TILE;
  const sums = Array.from({ length: filters }, () => f.locals("v128", taps));
  const [rows, cells] = [f.locals("i32", filters), f.locals("i32", taps)];
  const left = f.local("v128");
  const right = f.locals("v128", taps);
  f.get(wide);
  rows.forEach((row) => f.tee(row).get(plane).i32Add());
  f.drop();
  cells.forEach((cell, t) =>
    f
      .get(box)
      .get(table)
      .i32Load(4 * t)
      .i32Add()
      .set(cell),
  );
  f.loop((again) => {
    cells.forEach((cell, t) => f.get(cell).get(start).i32Add().v128Load().set(right[t]));
    rows.forEach((row, i) => {
      f.get(row).get(start).i32Add().v128Load().set(left);
      sums[i].forEach((sum, t) => emitMultiplyAdd(f, { bytes: 4, fused }, left, right[t], sum));
    });
    f.get(start).i32Const(16).i32Add().tee(start).get(stop).i32LtU().brIf(again);
  });
  for (const row of sums) {
    row.forEach((sum, t) => {
      f.get(out)
        .get(out)
        .f32Load(4 * t);
      for (let lane = 0; lane < 4; lane += 2) {
        f.get(sum)
          .f32x4ExtractLane(lane)
          .get(sum)
          .f32x4ExtractLane(lane + 1)
          .f32Add();
      }
      f.f32Add()
        .f32Add()
        .f32Store(4 * t);
    });
    f.get(out).get(pitch).i32Add().set(out);
  }
  return f;
}
