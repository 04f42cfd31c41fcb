import type { Db, Tx } from "../../../platform/database/index.ts";

/** A session of ours that began with a broker's session, which is ended with it. */
export type EidSession = Readonly<{ sessionUid: string; broker: string; keyHash: Buffer; brokerSession: Buffer }>;

/** A session that goes on after its person was identified anew knows the latest of the broker's sessions. */
export async function saveEidSession(tx: Tx, session: EidSession): Promise<void> {
  const values = { broker: session.broker, key_hash: session.keyHash, broker_session: session.brokerSession };
  await tx
    .insertInto("eid_session")
    .values({ session_uid: session.sessionUid, ...values })
    .onConflict((conflict) => conflict.column("session_uid").doUpdateSet(values))
    .execute();
}

/** The broker's session behind one of ours. */
export async function findEidSession(
  db: Db,
  sessionUid: string,
): Promise<Pick<EidSession, "broker" | "brokerSession"> | null> {
  const row = await db
    .selectFrom("eid_session")
    .select(["broker", "broker_session as brokerSession"])
    .where("session_uid", "=", sessionUid)
    .executeTakeFirst();
  return row ?? null;
}

/** Our sessions that began with the broker's session `keyHash`, and whose they are. */
export const findSessionsOf = (
  tx: Tx,
  { broker, keyHash }: Pick<EidSession, "broker" | "keyHash">,
): Promise<{ uid: string; accountId: string; organisationId: string }[]> =>
  tx
    .selectFrom("eid_session")
    .innerJoin("session", "session.uid", "eid_session.session_uid")
    .innerJoin("account", "account.id", "session.account_id")
    .select(["session.uid", "account.id as accountId", "account.organisation_id as organisationId"])
    .where("eid_session.key_hash", "=", keyHash)
    .where("eid_session.broker", "=", broker)
    .orderBy("session.uid")
    .execute();
