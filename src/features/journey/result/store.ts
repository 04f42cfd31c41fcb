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
