import { Secret } from "../../kernel/secret.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import { type Application, type ApplicationListing, applicationSettings } from "./domain/application.ts";

const place = (clientId: string) => ({ table: "application", column: "secret", row: clientId });

export type OpenApplication = { application: Application; secret: Secret | null };

/** The application of `clientId` if it may be used: open, and its organisation too. */
export async function findOpenApplication(db: Db, keyring: Keyring, clientId: string): Promise<OpenApplication | null> {
  const row = await db
    .selectFrom("application")
    .leftJoin("organisation", "organisation.id", "application.organisation_id")
    .selectAll("application")
    .select("organisation.state as organisation_state")
    .where("client_id", "=", clientId)
    .executeTakeFirst();
  if (row?.state !== "open" || row.organisation_state === "closed") return null;
  return {
    application: toApplication(row),
    secret: row.secret && new Secret(keyring.open(place(clientId), row.secret).toString()),
  };
}

/** False when the client id is taken. */
export async function insertApplication(
  tx: Tx,
  keyring: Keyring,
  application: Application,
  secret: Secret | null,
): Promise<boolean> {
  const { clientId, organisationId, settings, version, createdAt } = application;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("application")
    .values({
      client_id: clientId,
      organisation_id: organisationId,
      name: jsonText(settings.name),
      settings: jsonText(settings),
      secret: secret && keyring.seal(place(clientId), secret.reveal()),
      version,
      created_at: createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** An application, closed ones too, without its secret; null when there is none. */
export async function findApplication(db: Db, clientId: string): Promise<Application | null> {
  const row = await db.selectFrom("application").selectAll().where("client_id", "=", clientId).executeTakeFirst();
  return row ? toApplication(row) : null;
}

/** Locks an open application for a change; null when there is none. */
export async function lockApplication(tx: Tx, clientId: string): Promise<Application | null> {
  const row = await tx
    .selectFrom("application")
    .selectAll()
    .where("client_id", "=", clientId)
    .where("state", "=", "open")
    .forUpdate()
    .executeTakeFirst();
  return row ? toApplication(row) : null;
}

export async function saveSettings(tx: Tx, { clientId, settings, version }: Application): Promise<void> {
  await tx
    .updateTable("application")
    .set({ settings: jsonText(settings), name: jsonText(settings.name), version: version + 1 })
    .where("client_id", "=", clientId)
    .execute();
}

export async function saveSecret(tx: Tx, keyring: Keyring, clientId: string, secret: Secret | null): Promise<void> {
  await tx
    .updateTable("application")
    .set((row) => ({
      secret: secret && keyring.seal(place(clientId), secret.reveal()),
      version: row("version", "+", 1),
    }))
    .where("client_id", "=", clientId)
    .execute();
}

export async function saveClosed(tx: Tx, clientId: string): Promise<void> {
  await tx.updateTable("application").set({ state: "closed" }).where("client_id", "=", clientId).execute();
}

/** Applications by client id, `after` the last one of the page before. */
export async function listApplications(
  db: Db,
  { organisationId, after, limit }: { organisationId?: string | undefined; after?: string | undefined; limit: number },
): Promise<ApplicationListing[]> {
  const rows = await db
    .selectFrom("application")
    .selectAll()
    .$if(organisationId !== undefined, (query) => query.where("organisation_id", "=", organisationId ?? ""))
    .$if(after !== undefined, (query) => query.where("client_id", ">", after ?? ""))
    .orderBy("client_id")
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const { settings, clientId } = toApplication(row);
    return { clientId, name: settings.name, type: settings.type, open: row.state === "open" };
  });
}

type Row = {
  client_id: string;
  organisation_id: string | null;
  settings: unknown;
  version: number;
  created_at: Date;
};

const toApplication = (row: Row): Application => ({
  clientId: row.client_id,
  organisationId: row.organisation_id,
  settings: applicationSettings.parse(row.settings),
  version: row.version,
  createdAt: row.created_at,
});
