import type { Callable, FunctionBuilder, ModuleBuilder } from "./assembler.js";
import { forRange } from "./loops.js";

/**
 * Packing: the operands of a matrix product are copied into panels, so that the inner loop reads both in order.
 *
 * A panel holds `width` items (rows of A or columns of B) step by step of the inner dimension: element `(step, item)`
 * is at `step * width + item`. Items beyond the edge of the matrix are zero.
 */
export interface PanelShape {
  readonly bytes: 4 | 8;
  readonly width: number;
}

/** The scalar helpers that all panels of one element size share. */
interface Strided {
  readonly copy: Callable;
  readonly clear: Callable;
}

/** Defines the strided scalar loops for an element size. */
export function defineStrided(module: ModuleBuilder, bytes: 4 | 8): Strided {
  const copy = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32"] });
  {
    const [source, sourceStride, target, targetStride, count] = copy.parameters;
    const i = copy.local("i32");
    forRange(copy, i, { end: count }, () => {
      // Integers carry the bits of any float, signalling NaNs included.
      if (bytes === 4) copy.get(target).get(source).i32Load().i32Store();
      else copy.get(target).get(source).i64Load().i64Store();
      copy.get(source).get(sourceStride).i32Add().set(source);
      copy.get(target).get(targetStride).i32Add().set(target);
    });
  }
  const clear = module.defineFunction({ parameters: ["i32", "i32", "i32"] });
  const [target, stride, count] = clear.parameters;
  const i = clear.local("i32");
  forRange(clear, i, { end: count }, () => {
    if (bytes === 4) clear.get(target).i32Const(0).i32Store();
    else clear.get(target).i64Const(0n).i64Store();
    clear.get(target).get(stride).i32Add().set(target);
  });
  return { copy, clear };
}

/**
 * Defines `pack(source, itemStride, stepStride, target, steps, items)`: fills one panel of which `items` are inside
 * the matrix. One of the two strides (in bytes) must be the element size.
 */
export function definePack(module: ModuleBuilder, shape: PanelShape, strided: Strided): FunctionBuilder {
  const { bytes, width } = shape;
  const rows = defineCopyRows(module, shape);
  const lanes = 16 / bytes;
  const transpose = defineTranspose(module, shape, strided);
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] });
  const [source, itemStride, stepStride, target, steps, items] = f.parameters;
  const item = f.local("i32");
  const itemAddress = (): void => void f.get(source).get(item).get(itemStride).i32Mul().i32Add();
  const targetAddress = (): void => void f.get(target).get(item).i32Const(bytes).i32Mul().i32Add();
  f.get(items).i32Const(width).i32Eq().get(itemStride).i32Const(bytes).i32Eq().i32And();
  f.if(() => f.get(source).get(stepStride).get(target).get(steps).call(rows).return());
  f.get(stepStride).i32Const(bytes).i32Eq();
  f.if(() => {
    forRange(f, item, { end: (g) => g.get(items).i32Const(-lanes).i32And(), step: lanes }, () => {
      itemAddress();
      f.get(itemStride);
      targetAddress();
      f.get(steps).call(transpose);
    });
  });
  // `item` stands behind what the vector loop has done: the rest goes element by element.
  forRange(f, item, { from: item, end: items }, () => {
    itemAddress();
    f.get(stepStride);
    targetAddress();
    f.i32Const(width * bytes)
      .get(steps)
      .call(strided.copy);
  });
  forRange(f, item, { from: items, end: width }, () => {
    targetAddress();
    f.i32Const(width * bytes)
      .get(steps)
      .call(strided.clear);
  });
  return f;
}

/** `copyRows(source, stepStride, target, steps)`: a whole panel whose items lie side by side. */
function defineCopyRows(module: ModuleBuilder, { bytes, width }: PanelShape): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32"] });
  const [source, stride, target, steps] = f.parameters;
  const step = f.local("i32");
  forRange(f, step, { end: steps }, () => {
    let offset = 0;
    for (; offset + 16 <= width * bytes; offset += 16) f.get(target).get(source).v128Load(offset).v128Store(offset);
    for (; offset + 8 <= width * bytes; offset += 8) f.get(target).get(source).i64Load(offset).i64Store(offset);
    for (; offset < width * bytes; offset += 4) f.get(target).get(source).i32Load(offset).i32Store(offset);
    f.get(source).get(stride).i32Add().set(source);
    f.get(target)
      .i32Const(width * bytes)
      .i32Add()
      .set(target);
  });
  return f;
}

/** `transpose(source, itemStride, target, steps)`: one vector of items, each contiguous along the steps. */
function defineTranspose(module: ModuleBuilder, { bytes, width }: PanelShape, strided: Strided): Callable {
  const lanes = 16 / bytes;
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32"] });
  const [source, stride, target, steps] = f.parameters;
  const step = f.local("i32");
  const pointers = f.locals("i32", lanes);
  const rows = f.locals("v128", lanes);
  const halves = f.locals("v128", lanes);
  f.get(source);
  pointers.forEach((pointer) => f.tee(pointer).get(stride).i32Add());
  f.drop();
  forRange(f, step, { end: (g) => g.get(steps).i32Const(-lanes).i32And(), step: lanes }, () => {
    pointers.forEach((pointer, i) => f.get(pointer).v128Load().set(rows[i]));
    if (bytes === 8) {
      for (let i = 0; i < 2; i++)
        f.get(target)
          .get(rows[0])
          .get(rows[1])
          .i64x2Shuffle(i as 0 | 1, (i + 2) as 2 | 3)
          .v128Store(i * width * 8);
    } else {
      for (let i = 0; i < 4; i++) {
        const low = i < 2 ? 0 : 2;
        const first = 2 * (i % 2);
        f.get(rows[first])
          .get(rows[first + 1])
          .i32x4Shuffle(low, low + 4, low + 1, low + 5)
          .set(halves[i]);
      }
      for (let i = 0; i < 4; i++) {
        const pair = i < 2 ? 0 : 2;
        f.get(target)
          .get(halves[pair])
          .get(halves[pair + 1])
          .i64x2Shuffle(i % 2, (i % 2) + 2)
          .v128Store(i * width * 4);
      }
    }
    pointers.forEach((pointer) => f.get(pointer).i32Const(16).i32Add().set(pointer));
    f.get(target)
      .i32Const(lanes * width * bytes)
      .i32Add()
      .set(target);
  });
  pointers.forEach((pointer, i) => {
    f.get(pointer)
      .i32Const(bytes)
      .get(target)
      .i32Const(i * bytes)
      .i32Add()
      .i32Const(width * bytes);
    f.get(steps).get(step).i32Sub().call(strided.copy);
  });
  return f;
}
