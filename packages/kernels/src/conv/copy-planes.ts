import type { Callable, FunctionBuilder, Local, ModuleBuilder } from "../assembler.js";
import { forRange } from "../loops.js";

/** `copy(source, sourcePitch, sourcePlane, target, targetPitch, targetPlane, planes, rows, bytes)`: rows of planes. */
export function defineCopyPlanes(module: ModuleBuilder): Callable {
  const f = module.defineFunction({ parameters: Array.from({ length: 9 }, () => "i32" as const) });
  const [source, sourcePitch, sourcePlane, target, targetPitch, targetPlane, planes, rows, bytes] = f.parameters;
  const [plane, row, at, from, to] = f.locals("i32", 5);
  const move = (pointer: Local, step: Local): FunctionBuilder => f.get(pointer).get(step).i32Add().set(pointer);
  forRange(f, plane, { end: planes }, () => {
    f.get(source).set(from).get(target).set(to);
    forRange(f, row, { end: rows }, () => {
      forRange(f, at, { end: (g) => g.get(bytes).i32Const(-16).i32And(), step: 16 }, () => {
        f.get(to).get(at).i32Add().get(from).get(at).i32Add().v128Load().v128Store();
      });
      forRange(f, at, { from: at, end: bytes, step: 4 }, () => {
        f.get(to).get(at).i32Add().get(from).get(at).i32Add().i32Load().i32Store();
      });
      move(from, sourcePitch);
      move(to, targetPitch);
    });
    move(source, sourcePlane);
    move(target, targetPlane);
  });
  return f;
}
