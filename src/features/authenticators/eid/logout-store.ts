import { hours, type Instant, plus } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";

/** A browser on its way to the broker's single logout. */
export type Leaving = Readonly<{
  /** Of the broker and the state that comes back. */
  stateHash: Buffer;
  browserHash: Buffer;
  memory: Buffer;
  onward: string;
  expiresAt: Instant;
}>;

export async function insertLeaving(db: Db, leaving: Leaving): Promise<void> {
  await db
    .insertInto("eid_logout")
    .values({
      state_hash: leaving.stateHash,
      browser_hash: leaving.browserHash,
      memory: leaving.memory,
      onward: leaving.onward,
      expires_at: leaving.expiresAt,
    })
    .execute();
}

/** Takes out what this browser left with, once and in time; null where there is nothing of the kind. */
export async function takeLeaving(
  db: Db,
  { stateHash, browserHash }: Pick<Leaving, "stateHash" | "browserHash">,
  now: Instant,
): Promise<Pick<Leaving, "memory" | "onward"> | null> {
  const row = await db
    .deleteFrom("eid_logout")
    .where("state_hash", "=", stateHash)
    .where("browser_hash", "=", browserHash)
    .where("expires_at", ">", now)
    .returning(["memory", "onward"])
    .executeTakeFirst();
  return row ?? null;
}

/** Notes that a broker's message has come. Resolves to whether it is the first time. */
export async function noteMessage(tx: Tx, messageHash: Buffer, expiresAt: Instant): Promise<boolean> {
  const row = await tx
    .insertInto("eid_logout_seen")
    .values({ message_hash: messageHash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column("message_hash").doNothing())
    .returning("message_hash")
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets the messages that nobody has taken for an hour, and the browsers that have not come back. */
export async function sweepLogouts(db: Db, now: Instant): Promise<number> {
  const gone = await Promise.all(
    (["eid_logout", "eid_logout_seen"] as const).map((table) =>
      db
        .deleteFrom(table)
        .where("expires_at", "<", plus(now, -hours(1)))
        .executeTakeFirst(),
    ),
  );
  return gone.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
}
