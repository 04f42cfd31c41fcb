import type { Duration } from "../../kernel/time.ts";
import type { Carried } from "../../ports/directory.ts";

/**
 * Why an attempt can't go on. Thrown where it is met, caught once, where the directory is connected. The reason is a
 * sentence for operators, without anybody's name, address or DN, and without the directory's own words.
 */
export class DirectoryTrouble extends Error {
  override name = "DirectoryTrouble";
  readonly result: "later" | "failed";
  readonly retryAfter: Duration | undefined;

  constructor(result: "later" | "failed", reason: string, retryAfter?: Duration) {
    super(reason);
    this.result = result;
    this.retryAfter = retryAfter;
  }
}

/** Worth another try. */
export const later = (reason: string, retryAfter?: Duration) => new DirectoryTrouble("later", reason, retryAfter);

/** Not before somebody has done something about it, which the reason says. */
export const failed = (reason: string) => new DirectoryTrouble("failed", reason);

/** The attempt's end by `trouble`; anything else is a fault of ours, and thrown on. */
export function carriedBy(trouble: unknown): Carried {
  if (!(trouble instanceof DirectoryTrouble)) throw trouble;
  const { result, message: reason, retryAfter } = trouble;
  if (result === "failed") return { result, reason, left: [] };
  return retryAfter === undefined ? { result, reason } : { result, reason, retryAfter };
}
