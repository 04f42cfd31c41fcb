import * as z from "zod";
import type { Instant } from "../../kernel/time.ts";
import { type Db, jsonText } from "../../platform/database/index.ts";
import { type DemoAccount, type DemoMethod, type Mood, moods } from "../../ports/demo-directory.ts";

const methodsSchema = z.array(z.object({ id: z.string(), name: z.string(), linkedAt: z.coerce.date() }));

const select = (db: Db, directory: string) =>
  db
    .selectFrom("demo_directory_account")
    .select(["account_id", "user_name", "is_active", "methods", "sessions_ended_at"])
    .where("directory", "=", directory);

type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

const toAccount = (row: Row): DemoAccount => ({
  accountId: row.account_id,
  userName: row.user_name,
  isActive: row.is_active,
  methods: methodsSchema.parse(row.methods),
  sessionsEndedAt: row.sessions_ended_at,
});

export async function loadMood(db: Db, directory: string): Promise<Mood> {
  const row = await db.selectFrom("demo_directory").select("mood").where("name", "=", directory).executeTakeFirst();
  return z.enum(moods).parse(row?.mood ?? "fine");
}

export async function saveMood(db: Db, directory: string, mood: Mood): Promise<void> {
  await db
    .insertInto("demo_directory")
    .values({ name: directory, mood })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ mood }))
    .execute();
}

export async function listAccounts(db: Db, directory: string): Promise<DemoAccount[]> {
  return (await select(db, directory).orderBy("user_name").limit(100).execute()).map(toAccount);
}

export async function findAccount(db: Db, directory: string, accountId: string): Promise<DemoAccount | null> {
  const row = await select(db, directory).where("account_id", "=", accountId).executeTakeFirst();
  return row ? toAccount(row) : null;
}

/** Makes the account, with what people have linked there by themselves; one that is there takes its name and state. */
export async function saveAccount(
  db: Db,
  directory: string,
  { accountId, userName, isActive, methods }: Omit<DemoAccount, "sessionsEndedAt">,
): Promise<void> {
  const state = { user_name: userName, is_active: isActive };
  await db
    .insertInto("demo_directory_account")
    .values({ directory, account_id: accountId, ...state, methods: jsonText(methods) })
    .onConflict((conflict) => conflict.columns(["directory", "account_id"]).doUpdateSet(state))
    .execute();
}

export async function saveMethods(
  db: Db,
  directory: string,
  accountId: string,
  methods: readonly DemoMethod[],
  sessionsEndedAt?: Instant,
): Promise<void> {
  await db
    .updateTable("demo_directory_account")
    .set({ methods: jsonText(methods), ...(sessionsEndedAt && { sessions_ended_at: sessionsEndedAt }) })
    .where("directory", "=", directory)
    .where("account_id", "=", accountId)
    .execute();
}
