import { sql } from "kysely";
import type { Db, Tx } from "../../platform/database/index.ts";

/** Whom a journey is for, as they have typed it: the page that asks their name begins with it. */
export async function nameJourney(db: Db | Tx, id: string, loginHint: string): Promise<void> {
  await db
    .updateTable("journey")
    .set({ requested: sql`requested || jsonb_build_object('loginHint', ${loginHint}::text)` })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .execute();
}
