import { sql } from "kysely";
import { lockAccount } from "../../src/features/organisations/index.ts";
import type { Db } from "../../src/platform/database/index.ts";
import { until } from "../harness/service.ts";

/**
 * Begins `act` while another transaction holds the account, and lets that one change the account's phone number once
 * `act` waits for it (or has not waited, and is done); resolves to what came of `act`.
 */
export async function whilePhoneChanges<T>(
  db: Db,
  { accountId, phone }: { accountId: string; phone: string },
  act: () => Promise<T>,
): Promise<T> {
  let [acting, isOver]: [Promise<T> | null, boolean] = [null, false];
  await db.transaction().execute(async (tx) => {
    await lockAccount(tx, accountId);
    acting = act().finally(() => {
      isOver = true;
    });
    await until(async () => isOver || (await isSomebodyWaiting(db)), "a wait for the account");
    await tx.updateTable("account").set({ phone }).where("id", "=", accountId).execute();
  });
  if (!acting) throw new Error("nothing was begun");
  return acting;
}

async function isSomebodyWaiting(db: Db): Promise<boolean> {
  const { rows } = await sql<{ waiting: boolean }>`
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting`.execute(
    db,
  );
  return rows[0]?.waiting === true;
}
