import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Journey } from "../method.ts";
import { resultSchema } from "../store.ts";

export type JourneyResult =
  | { state: "open" | "unmet" | "expired" }
  | ({ state: "done" } & NonNullable<Journey["result"]>);

/** What a journey ended with; "expired" also for one that this browser does not have. */
export async function loadResult(db: Db, id: string, browserHash: Buffer, now: Instant): Promise<JourneyResult> {
  const row = await db
    .selectFrom("journey")
    .select(["outcome", "result", "expires_at"])
    .where("id", "=", id)
    .where("browser_hash", "=", browserHash)
    .executeTakeFirst();
  const result = resultSchema.parse(row?.result ?? null);
  if (row?.outcome === "done" && result) return { state: "done", ...result };
  if (row?.outcome === "unmet") return { state: "unmet" };
  return { state: !row || row.expires_at <= now ? "expired" : "open" };
}

/**
 * Whose sign-in is half-way in this browser, and which: `kind` was shown in a journey that still runs, the latest if there are
 * several. Null if none is.
 */
export async function findHalfWay(
  db: Db,
  { browserHash, kind, now }: { browserHash: Buffer; kind: string; now: Instant },
): Promise<{ accountId: string; journeyId: string } | null> {
  const row = await db
    .selectFrom("journey")
    .innerJoin("account", "account.id", "journey.account_id")
    .innerJoin("proof", "proof.journey_id", "journey.id")
    .whereRef("account.epoch", "=", "journey.account_epoch")
    .where("account.state", "in", ["activating", "active"])
    .where("journey.browser_hash", "=", browserHash)
    .where("journey.ended_at", "is", null)
    .where("journey.expires_at", ">", now)
    .where("proof.kind", "=", kind)
    .select(["account.id as accountId", "journey.id as journeyId"])
    .orderBy("proof.shown_at", "desc")
    .executeTakeFirst();
  return row ?? null;
}
