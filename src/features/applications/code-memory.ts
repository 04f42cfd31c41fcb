import type { Instant } from "../../kernel/time.ts";
import type { Found, TokenRow } from "./token-store.ts";

type Entry = Found & { token: TokenRow };

/** Codes remembered at most; the oldest give way, and are read from the database then. */
const most = 5_000;

export type CodeMemory = {
  put(idHash: Buffer, entry: Entry): void;
  /** What is remembered of a code: only once, so that every replay is judged by the database. */
  take(idHash: Buffer, now: Instant): Entry | null;
};

/**
 * What this node knows of the codes it has just issued, so that the first redemption at the same node need not read it
 * back. It decides nothing: the flush consumes the code only if code, grant, account and session are all still good.
 */
export function makeCodeMemory(): CodeMemory {
  const entries = new Map<string, Entry>();
  return {
    put(idHash, entry) {
      const oldest = entries.size >= most ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(idHash.toString("base64"), entry);
    },
    take(idHash, now) {
      const key = idHash.toString("base64");
      const entry = entries.get(key);
      entries.delete(key);
      return entry && entry.token.expiresAt > now ? entry : null;
    },
  };
}
