import * as z from "zod";
import { type LocalisedText, languages } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";

/** A directory as operators see it: `settings` as its kind has read them, which reads them again the same. */
export type StoredDirectory = Readonly<{
  id: string;
  organisationId: string;
  name: string;
  kind: string;
  title: LocalisedText;
  /** Whose accounts are in it; empty for all. */
  categories: readonly string[];
  setUpUrl: string | null;
  settings: Readonly<Record<string, unknown>>;
  position: number;
  state: "open" | "closed";
  /** When it was closed after it had been open; null while it is open, and of one that never was. */
  closedAt: Instant | null;
  hasSecret: boolean;
  createdAt: Instant;
}>;

export type NewDirectory = Omit<StoredDirectory, "position" | "hasSecret" | "closedAt"> &
  Readonly<{ secret: string | null }>;

/** A directory as it lies there, for whoever connects to it: reading it may fail, and concerns this one only. */
export type DirectoryRow = Readonly<{
  id: string;
  organisationId: string;
  name: string;
  kind: string;
  settings: unknown;
  secret: Buffer | null;
}>;

const place = (id: string) => ({ table: "directory", column: "secret", row: id });

export const openSecret = (keyring: Pick<Keyring, "open">, { id, secret }: DirectoryRow): string | null =>
  secret && keyring.open(place(id), secret).toString();

const titleOf = z.partialRecord(z.enum(languages), z.string());
const settingsOf = z.record(z.string(), z.unknown());

const select = (db: Db | Tx) => db.selectFrom("directory").selectAll();

type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

const toDirectory = (row: Row): StoredDirectory => ({
  id: row.id,
  organisationId: row.organisation_id,
  name: row.name,
  kind: row.kind,
  title: titleOf.parse(row.title),
  categories: row.categories,
  setUpUrl: row.set_up_url,
  settings: settingsOf.parse(row.settings),
  position: row.position,
  state: row.state === "closed" ? "closed" : "open",
  closedAt: row.closed_at,
  hasSecret: row.secret !== null,
  createdAt: row.created_at,
});

/** An organisation's, or (null) all of them, in the order in which people see them. */
export async function listDirectories(db: Db | Tx, organisationId: string | null): Promise<StoredDirectory[]> {
  const rows = await select(db)
    .$if(organisationId !== null, (query) => query.where("organisation_id", "=", organisationId))
    .orderBy("organisation_id")
    .orderBy("position")
    .orderBy("name")
    .execute();
  return rows.map(toDirectory);
}

const named = (db: Db | Tx, organisationId: string, name: string) =>
  select(db).where("organisation_id", "=", organisationId).where("name", "=", name);

export async function findDirectory(
  db: Db | Tx,
  organisationId: string,
  name: string,
): Promise<StoredDirectory | null> {
  const row = await named(db, organisationId, name).executeTakeFirst();
  return row ? toDirectory(row) : null;
}

/** The directory, locked until the transaction ends; jobs for it can still be added. */
export async function lockDirectory(tx: Tx, organisationId: string, name: string): Promise<StoredDirectory | null> {
  const row = await named(tx, organisationId, name).forNoKeyUpdate().executeTakeFirst();
  return row ? toDirectory(row) : null;
}

const rowOf = ["id", "organisation_id as organisationId", "name", "kind", "settings", "secret"] as const;

/** The same, of one that is open; null otherwise. */
export async function lockOpenDirectory(tx: Tx, id: string): Promise<DirectoryRow | null> {
  const row = await tx
    .selectFrom("directory")
    .select(rowOf)
    .where("id", "=", id)
    .where("state", "=", "open")
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function loadDirectoryRow(
  db: Db | Tx,
  organisationId: string,
  name: string,
): Promise<DirectoryRow | null> {
  const row = await db
    .selectFrom("directory")
    .select(rowOf)
    .where("organisation_id", "=", organisationId)
    .where("name", "=", name)
    .executeTakeFirst();
  return row ?? null;
}

/** Inserts the directory behind its organisation's others; false when its name is taken. */
export async function insertDirectory(
  tx: Tx,
  keyring: Pick<Keyring, "seal">,
  directory: NewDirectory,
): Promise<boolean> {
  const last = await tx
    .selectFrom("directory")
    .select(({ fn }) => fn.max("position").as("position"))
    .where("organisation_id", "=", directory.organisationId)
    .executeTakeFirst();
  const row = await tx
    .insertInto("directory")
    .values({
      id: directory.id,
      organisation_id: directory.organisationId,
      name: directory.name,
      kind: directory.kind,
      title: jsonText(directory.title),
      categories: [...directory.categories],
      set_up_url: directory.setUpUrl,
      settings: jsonText(directory.settings),
      secret: directory.secret === null ? null : keyring.seal(place(directory.id), directory.secret),
      position: (last?.position ?? 0) + 1,
      state: directory.state,
      created_at: directory.createdAt,
    })
    .onConflict((conflict) => conflict.columns(["organisation_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveDirectory(tx: Tx, directory: StoredDirectory): Promise<void> {
  await tx
    .updateTable("directory")
    .set({
      title: jsonText(directory.title),
      categories: [...directory.categories],
      set_up_url: directory.setUpUrl,
      settings: jsonText(directory.settings),
      position: directory.position,
      state: directory.state,
      closed_at: directory.closedAt,
    })
    .where("id", "=", directory.id)
    .execute();
}

/** Deletes it with all that it has been told and was to be told. */
export async function deleteDirectory(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("directory").where("id", "=", id).execute();
}

export async function saveSecret(
  tx: Tx,
  keyring: Pick<Keyring, "seal">,
  id: string,
  secret: string | null,
): Promise<void> {
  await tx
    .updateTable("directory")
    .set({ secret: secret === null ? null : keyring.seal(place(id), secret) })
    .where("id", "=", id)
    .execute();
}
