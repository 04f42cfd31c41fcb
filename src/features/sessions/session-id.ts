import { createHash } from "node:crypto";
import type { Random } from "../../ports/random.ts";

/** A new session's id, the value of its cookie: 256 random bits. */
export const makeSessionId = (random: Random): string => random.bytes(32).toString("base64url");

/** What is kept of an id: SHA-256, since 256 random bits need no key and no slow hash. */
export const sessionIdHash = (id: string): Buffer => createHash("sha256").update(id).digest();
