import * as z from "zod";
import { type LocalisedText, languages } from "../../../../kernel/language.ts";
import type { Instant } from "../../../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { Broker } from "./broker.ts";

/** A broker as it is stored: `settings` as its profile has read them, which reads them again the same. */
export type StoredBroker = Readonly<{
  name: string;
  profile: string;
  title: LocalisedText;
  settings: Readonly<Record<string, unknown>>;
  position: number;
  state: Broker["state"];
  hasSecret: boolean;
  createdAt: Instant;
}>;

export type NewBroker = Omit<StoredBroker, "position" | "hasSecret"> & Readonly<{ secret: string | null }>;

const place = (name: string) => ({ table: "identity_broker", column: "secret", row: name });

const titleOf = z.partialRecord(z.enum(languages), z.string());
const settingsOf = z.record(z.string(), z.unknown());

const select = (db: Db | Tx) => db.selectFrom("identity_broker").selectAll();

type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

const toBroker = (row: Row): StoredBroker => ({
  name: row.name,
  profile: row.profile,
  title: titleOf.parse(row.title),
  settings: settingsOf.parse(row.settings),
  position: row.position,
  state: row.state === "closed" ? "closed" : "open",
  hasSecret: row.secret !== null,
  createdAt: row.created_at,
});

/** All of them, in the order in which people see them. */
export async function listBrokers(db: Db | Tx): Promise<StoredBroker[]> {
  return (await select(db).orderBy("position").orderBy("name").execute()).map(toBroker);
}

export async function findBroker(db: Db | Tx, name: string): Promise<StoredBroker | null> {
  const row = await select(db).where("name", "=", name).executeTakeFirst();
  return row ? toBroker(row) : null;
}

/** The broker, locked until the transaction ends. */
export async function lockBroker(tx: Tx, name: string): Promise<StoredBroker | null> {
  const row = await select(tx).where("name", "=", name).forUpdate().executeTakeFirst();
  return row ? toBroker(row) : null;
}

/** A row as it lies there: what reading it throws concerns this broker only. */
export type BrokerRow = Readonly<{ name: string; read(): StoredBroker & Readonly<{ secret: string | null }> }>;

/** All of them in their order, their secrets to be opened. */
export async function loadBrokers(db: Db | Tx, keyring: Pick<Keyring, "open">): Promise<BrokerRow[]> {
  const rows = await select(db).orderBy("position").orderBy("name").execute();
  return rows.map((row) => ({
    name: row.name,
    read: () => ({ ...toBroker(row), secret: row.secret && keyring.open(place(row.name), row.secret).toString() }),
  }));
}

/**
 * Whether the broker may be used, read from the database: for the moment that decides, since a broker that is closed
 * takes no answer any more on any node, whatever its memory says.
 */
export async function isOpen(db: Db | Tx, name: string): Promise<boolean> {
  const row = await db.selectFrom("identity_broker").select("state").where("name", "=", name).executeTakeFirst();
  return row?.state === "open";
}

/** Inserts the broker behind the others; false when its name is taken. */
export async function insertBroker(tx: Tx, keyring: Pick<Keyring, "seal">, broker: NewBroker): Promise<boolean> {
  const last = await tx
    .selectFrom("identity_broker")
    .select(({ fn }) => fn.max("position").as("position"))
    .executeTakeFirst();
  const row = await tx
    .insertInto("identity_broker")
    .values({
      name: broker.name,
      profile: broker.profile,
      title: jsonText(broker.title),
      settings: jsonText(broker.settings),
      secret: broker.secret === null ? null : keyring.seal(place(broker.name), broker.secret),
      position: (last?.position ?? 0) + 1,
      state: broker.state,
      created_at: broker.createdAt,
    })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveBroker(tx: Tx, broker: StoredBroker): Promise<void> {
  await tx
    .updateTable("identity_broker")
    .set({
      title: jsonText(broker.title),
      settings: jsonText(broker.settings),
      position: broker.position,
      state: broker.state,
    })
    .where("name", "=", broker.name)
    .execute();
}

export async function saveSecret(
  tx: Tx,
  keyring: Pick<Keyring, "seal">,
  name: string,
  secret: string | null,
): Promise<void> {
  await tx
    .updateTable("identity_broker")
    .set({ secret: secret === null ? null : keyring.seal(place(name), secret) })
    .where("name", "=", name)
    .execute();
}
