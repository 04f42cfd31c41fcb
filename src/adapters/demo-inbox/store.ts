import type { Db } from "../../platform/database/index.ts";
import type { InboxMessage } from "../../ports/inbox-message.ts";

/** Keeps `message`, once per id, and lets go of all but the latest `kept`. */
export async function insertMessage(db: Db, message: InboxMessage, kept: number): Promise<void> {
  const { id, channel, from, to, subject, text, html, at } = message;
  await db
    .insertInto("demo_inbox")
    .values({ id, channel, sender: from, recipient: to, subject, text, html, at })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await db
    .deleteFrom("demo_inbox")
    .where("id", "in", (query) =>
      query.selectFrom("demo_inbox").select("id").orderBy("at", "desc").orderBy("id", "desc").offset(kept),
    )
    .execute();
}

export async function listMessages(db: Db, limit: number): Promise<InboxMessage[]> {
  const rows = await db
    .selectFrom("demo_inbox")
    .select(["id", "channel", "sender as from", "recipient as to", "subject", "text", "html", "at"])
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, channel: row.channel === "sms" ? "sms" : "email" }));
}
