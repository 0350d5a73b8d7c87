/**
 * The description of one matrix product `out[m, n] = A[m, k] · B[k, n]` in memory: 32-bit words at these offsets.
 *
 * Operands are given by an address and two strides in bytes, of which one is the element size: from item to item (a
 * row of A, a column of B) and from step to step of the inner dimension. So all four layouts are one case.
 */
export const JOB = {
  m: 0,
  n: 4,
  k: 8,
  /** Steps of the inner dimension between two passes over the result. */
  depth: 12,
  out: 16,
  outStride: 20,
  accumulate: 24,
  a: 28,
  aItemStride: 32,
  aStepStride: 36,
  /** Panels of A, and into how many blocks they are divided: a task of the product takes a block of A and one of B. */
  aPanels: 40,
  aBlocks: 44,
  b: 48,
  bItemStride: 52,
  bStepStride: 56,
  bPanels: 60,
  bBlocks: 64,
  /** Where B goes in panels, and how many tasks share the work. A is packed by the task that uses it. */
  bPacked: 68,
  packTasks: 72,
} as const;

/** Bytes of a job. */
export const JOB_BYTES = 76;

/** The largest blocks of A: what a thread packs for itself must fit its scratch space, and its second-level cache. */
export const BLOCK = { depth: 256, rowBytes: 192 * 4 } as const;

/** Scratch space of a thread: a tile at the edge of the result, then a packed block of A. */
export const THREAD_SCRATCH = { tile: 0, block: 4096, bytes: 4096 + BLOCK.depth * BLOCK.rowBytes } as const;
