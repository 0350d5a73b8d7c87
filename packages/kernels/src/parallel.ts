import type { Callable, ModuleBuilder } from "./assembler.js";

/**
 * A parallel loop in WebAssembly, over any number of threads that share one memory.
 *
 * The control block holds one 64-bit word: the number of the loop (high half) and how many of its tasks nobody has
 * claimed yet (low half). A thread claims a task by exchanging the word for one less, so a thread that stalls before
 * its claim holds nobody up, and a claim made on an old loop's word fails because the number has changed. The thread
 * that starts a loop takes part in it, and waits at the end only for tasks that others have claimed. What describes a
 * loop is written before its word and read after a claim, so it cannot change under a claimed task.
 */
export const CONTROL = {
  word: 0,
  epoch: 4,
  done: 64,
  sleepers: 128,
  quit: 192,
  /** 1 where the caller may sleep: the main thread of a browser may not. */
  maySleep: 196,
  /** How often the caller had to sleep because a task that it waited for did not end. */
  stalls: 200,
  /** 1 while the caller sleeps and wants to be told of a finished task. */
  waiting: 204,
  kind: 256,
  count: 260,
  job: 264,
  /** One word a worker, set to 1 once the worker has joined. */
  joined: 320,
} as const;

/** The most workers that a control block has room for. */
export const MAXIMUM_WORKERS = 63;

/** Bytes of a control block. */
export const CONTROL_BYTES = CONTROL.joined + 4 * MAXIMUM_WORKERS;

/** Rounds of a waiting loop before a thread goes to sleep: about 0.2 ms. */
const SPINS = 100_000;

/**
 * Defines and exports `parallel(control, threads, kind, count, job, scratch)`, which runs `task(kind, index, job, scratch)` for
 * each index below `count`, alone when `threads` is 1, and `work(control, slot, scratch)`, the loop of a
 * worker: it returns when the block's `quit` is set. `scratch` is an address that belongs to the thread.
 */
export function defineParallel(module: ModuleBuilder, task: Callable): Callable {
  const claim = defineClaim(module, task);
  defineWork(module, claim);
  const f = module.defineFunction({ name: "parallel", parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] });
  const [control, threads, kind, count, job, scratch] = f.parameters;
  const index = f.local("i32");
  f.get(threads).i32Const(1).i32LeU().get(count).i32Const(1).i32LeU().i32Or();
  f.if(() => {
    f.block((leave) =>
      f.loop((again) => {
        f.get(index).get(count).i32GeU().brIf(leave);
        f.get(kind).get(index).get(job).get(scratch).call(task);
        f.get(index).i32Const(1).i32Add().set(index).br(again);
      }),
    );
    f.return();
  });
  f.get(control).get(kind).i32Store(CONTROL.kind);
  f.get(control).get(count).i32Store(CONTROL.count);
  f.get(control).get(job).i32Store(CONTROL.job);
  f.get(control).i32Const(0).i32AtomicStore(CONTROL.done);
  // The next epoch, all tasks unclaimed.
  f.get(control).get(control).i32AtomicLoad(CONTROL.epoch).i32Const(1).i32Add().i64ExtendI32U();
  f.i64Const(32n).i64Shl().get(count).i64ExtendI32U().i64Or().i64AtomicStore(CONTROL.word);
  f.get(control).i32AtomicLoad(CONTROL.sleepers);
  f.if(() => f.get(control).i32Const(MAXIMUM_WORKERS).memoryAtomicNotify(CONTROL.epoch).drop());
  f.loop((again) => f.get(control).get(scratch).call(claim).brIf(again));
  f.get(control).get(count).call(defineJoin(module));
  return f;
}

/**
 * `join(control, count)`: waits until all tasks are done. A worker that has lost its core to another process may take
 * milliseconds, and spinning could be what keeps it from running: after a while the caller sleeps, and counts it.
 */
function defineJoin(module: ModuleBuilder): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32"] });
  const [control, count] = f.parameters;
  const [done, idle] = f.locals("i32", 2);
  f.loop((again) => {
    f.get(control).i32AtomicLoad(CONTROL.done).tee(done).get(count).i32Eq();
    f.if(() => f.return());
    f.get(idle).i32Const(1).i32Add().tee(idle).i32Const(SPINS).i32LtU().brIf(again);
    f.get(idle).i32Const(SPINS).i32Eq();
    f.if(() => f.get(control).get(control).i32Load(CONTROL.stalls).i32Const(1).i32Add().i32Store(CONTROL.stalls));
    f.get(control).i32Load(CONTROL.maySleep).i32Eqz().brIf(again);
    f.get(control).i32Const(1).i32AtomicStore(CONTROL.waiting);
    f.get(control).get(done).i64Const(-1n).memoryAtomicWait32(CONTROL.done).drop();
    f.get(control).i32Const(0).i32AtomicStore(CONTROL.waiting);
    f.br(again);
  });
  return f;
}

/** `claim(control, scratch)`: runs one unclaimed task if there is one; whether it is worth asking again. */
function defineClaim(module: ModuleBuilder, task: Callable): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32"], results: ["i32"] });
  const [control, scratch] = f.parameters;
  const word = f.local("i64");
  f.get(control).i64AtomicLoad(CONTROL.word).tee(word).i32WrapI64().i32Eqz();
  f.if(() => f.i32Const(0).return());
  f.get(control).get(word).get(word).i64Const(1n).i64Sub().i64AtomicRmwCmpxchg(CONTROL.word).get(word).i64Eq();
  f.if(() => {
    f.get(control).i32Load(CONTROL.kind);
    f.get(control).i32Load(CONTROL.count).get(word).i32WrapI64().i32Sub();
    f.get(control).i32Load(CONTROL.job).get(scratch).call(task);
    f.get(control).i32Const(1).i32AtomicRmwAdd(CONTROL.done).drop();
    f.get(control).i32AtomicLoad(CONTROL.waiting);
    f.if(() => f.get(control).i32Const(1).memoryAtomicNotify(CONTROL.done).drop());
  });
  f.i32Const(1);
  return f;
}

function defineWork(module: ModuleBuilder, claim: Callable): void {
  const f = module.defineFunction({ name: "work", parameters: ["i32", "i32", "i32"] });
  const [control, slot, scratch] = f.parameters;
  const idle = f.local("i32");
  const epoch = f.local("i32");
  f.get(control).get(slot).i32Const(4).i32Mul().i32Add().i32Const(1).i32AtomicStore(CONTROL.joined);
  f.loop((again) => {
    // The epoch is read before the claim: a loop that starts in between makes the wait below return at once.
    f.get(control).i32AtomicLoad(CONTROL.epoch).set(epoch);
    f.get(control).get(scratch).call(claim);
    f.if(() => f.i32Const(0).set(idle).br(again));
    f.get(idle).i32Const(1).i32Add().tee(idle).i32Const(SPINS).i32LtU().brIf(again);
    f.get(control).i32AtomicLoad(CONTROL.quit);
    f.if(() => f.return());
    f.get(control).i32Const(1).i32AtomicRmwAdd(CONTROL.sleepers).drop();
    f.get(control).get(epoch).i64Const(-1n).memoryAtomicWait32(CONTROL.epoch).drop();
    f.get(control).i32Const(1).i32AtomicRmwSub(CONTROL.sleepers).drop();
    f.i32Const(0).set(idle).br(again);
  });
}
