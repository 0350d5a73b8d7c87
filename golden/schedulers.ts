import type { Case } from "./cases.js";

/** Cases of kind `scheduler`: the rate during each epoch. */
export function checkScheduler({ op }: Case): string[] {
  return [`no scheduler ${op}`];
}
