import { createHash } from "node:crypto";
import { z } from "zod";
import { between, type Instant, minutes } from "../../kernel/time.ts";

/** What was there at the first attempt of a reset: hashes of values, by the name of the attribute or path. */
export type Seen = Readonly<Record<string, readonly string[]>>;

const seenSchema = z.record(z.string(), z.array(z.string()));

/** A hash, so that no seed, number or password of the directory's is kept here. */
export const hashOf = (value: Uint8Array | string): string => createHash("sha256").update(value).digest("base64url");

/** What `memory` says was seen; null at the first attempt. */
export const parseSeen = (memory: string | null): Seen | null =>
  memory === null ? null : seenSchema.parse(JSON.parse(memory));

/**
 * Whether somebody changed the entry after the reset was made, so that nobody can tell what of it is new. Clocks may be a
 * minute apart.
 */
export const isChangedSince = (madeAt: Instant, changedAt: Instant): boolean => between(madeAt, changedAt) > minutes(1);

/** What is said then. An operator who sends the task again has looked, and what came still later stays. */
export const changedSinceWords =
  "The entry was changed after the reset was made, and before the directory could be told, so what is new there can't be told from what is old. Look at it there, then send the task again: it removes what is there now.";
