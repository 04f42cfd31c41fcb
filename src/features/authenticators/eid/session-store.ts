import type { Db, Tx } from "../../../platform/database/index.ts";

/** A session of ours that began with a broker's session, which is ended with it. */
export type EidSession = Readonly<{ sessionUid: string; broker: string; keyHash: Buffer; brokerSession: Buffer }>;

export async function insertEidSession(tx: Tx, session: EidSession): Promise<void> {
  await tx
    .insertInto("eid_session")
    .values({
      session_uid: session.sessionUid,
      broker: session.broker,
      key_hash: session.keyHash,
      broker_session: session.brokerSession,
    })
    .execute();
}

/** The broker's session behind one of ours. */
export async function findEidSession(db: Db, sessionUid: string): Promise<EidSession | null> {
  const row = await db.selectFrom("eid_session").selectAll().where("session_uid", "=", sessionUid).executeTakeFirst();
  if (!row) return null;
  return { sessionUid, broker: row.broker, keyHash: row.key_hash, brokerSession: row.broker_session };
}

/** Our sessions that began with the broker's session `keyHash`. */
export async function findSessionsOf(db: Db | Tx, broker: string, keyHash: Buffer): Promise<string[]> {
  const rows = await db
    .selectFrom("eid_session")
    .select("session_uid")
    .where("key_hash", "=", keyHash)
    .where("broker", "=", broker)
    .execute();
  return rows.map((row) => row.session_uid);
}
