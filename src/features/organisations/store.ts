import { createHash } from "node:crypto";
import { sql } from "kysely";
import * as z from "zod";
import { languages } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import type { Logo } from "./domain/logo.ts";
import type { Home, Organisation } from "./domain/organisation.ts";
import { categories, policySchema } from "./domain/policy.ts";

const localisedText = z.partialRecord(z.enum(languages), z.string());
const homeSchema = z.object({ url: z.string(), name: localisedText });
const supportSchema = z.array(
  z.object({
    kind: z.enum(["general", "rights", "password", "technical"]),
    name: localisedText.exactOptional(),
    phone: z.string().exactOptional(),
    email: z.string().exactOptional(),
    hours: localisedText.exactOptional(),
  }),
);

/** A `home` column as it is read: of an organisation, or of an account. */
export const toHome = (value: unknown): Home | null => homeSchema.nullable().parse(value);

const columns = [
  "id",
  "slug",
  "name",
  "sms_name",
  "languages",
  "support",
  "brand_colour",
  "logo_hash",
  "home",
  "authenticator_name",
  "email_categories",
  "policy",
  "state",
] as const;

const select = (db: Db | Tx) => db.selectFrom("organisation").select(columns);

export type OrganisationRow = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

export const toOrganisation = (row: OrganisationRow): Organisation => ({
  id: row.id,
  slug: row.slug,
  name: localisedText.parse(row.name),
  smsName: row.sms_name,
  languages: z.array(z.enum(languages)).parse(row.languages),
  support: supportSchema.parse(row.support),
  brandColour: row.brand_colour,
  logoHash: row.logo_hash,
  home: toHome(row.home),
  authenticatorName: row.authenticator_name,
  emailCategories: z.record(z.string(), z.enum(categories)).parse(row.email_categories),
  policy: policySchema.parse(row.policy),
  state: row.state === "closed" ? "closed" : "open",
});

export async function loadOrganisation(db: Db | Tx, id: string): Promise<Organisation | null> {
  const row = await select(db).where("id", "=", id).executeTakeFirst();
  return row ? toOrganisation(row) : null;
}

const isId = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const slugForm = /^[a-z0-9-]{1,63}$/;

/** The organisation of that id or slug; null for any other text. */
export async function findOrganisation(db: Db | Tx, idOrSlug: string): Promise<Organisation | null> {
  if (isId(idOrSlug)) return loadOrganisation(db, idOrSlug);
  if (!slugForm.test(idOrSlug)) return null;
  const row = await select(db).where("slug", "=", idOrSlug).executeTakeFirst();
  return row ? toOrganisation(row) : null;
}

/**
 * The open organisation whose rules on e-mail domains name the address' own, for its people and not for its guests; null
 * where none or several do, and for what is no address.
 */
export async function findOrganisationByDomain(db: Db | Tx, email: string): Promise<Organisation | null> {
  const host = /@([^@\s]+)$/.exec(email)?.[1]?.toLowerCase();
  if (!host) return null;
  const rows = await select(db)
    .where("state", "=", "open")
    .where(
      sql<boolean>`exists (select from jsonb_each_text(email_categories) as rule(domain, category)
        where category <> 'guest' and (domain = ${host} or right(${host}, length(domain) + 1) = '.' || domain))`,
    )
    .limit(2)
    .execute();
  return rows[0] && rows.length === 1 ? toOrganisation(rows[0]) : null;
}

/** The organisation, locked until the transaction ends. */
export async function lockOrganisation(tx: Tx, idOrSlug: string): Promise<Organisation | null> {
  const row = await select(tx)
    .where(isId(idOrSlug) ? "id" : "slug", "=", idOrSlug)
    .forUpdate()
    .executeTakeFirst();
  return row ? toOrganisation(row) : null;
}

/** Organisations in the order of their slugs, from the one after `after`. */
export async function listOrganisations(
  db: Db | Tx,
  { after = "", limit = 50 }: { after?: string; limit?: number } = {},
): Promise<Organisation[]> {
  const rows = await select(db).where("slug", ">", after).orderBy("slug").limit(limit).execute();
  return rows.map(toOrganisation);
}

/** The logo's picture, for its own address. */
export async function loadLogo(db: Db | Tx, organisationId: string): Promise<Logo | null> {
  const row = await db
    .selectFrom("organisation")
    .select(["logo", "logo_type"])
    .where("id", "=", organisationId)
    .executeTakeFirst();
  if (!row?.logo) return null;
  return { type: row.logo_type === "image/png" ? "image/png" : "image/svg+xml", bytes: row.logo };
}

/** The hash in a logo's address: a changed picture has another address. */
export const logoHash = (logo: Logo): string => createHash("sha256").update(logo.bytes).digest("hex").slice(0, 32);

const toColumns = (organisation: Organisation) => ({
  slug: organisation.slug,
  name: jsonText(organisation.name),
  sms_name: organisation.smsName,
  languages: [...organisation.languages],
  support: jsonText(organisation.support),
  brand_colour: organisation.brandColour,
  home: organisation.home && jsonText(organisation.home),
  authenticator_name: organisation.authenticatorName,
  email_categories: jsonText(organisation.emailCategories),
  policy: jsonText(organisation.policy),
  state: organisation.state,
});

const logoColumns = (logo: Logo | null) => ({
  logo: logo?.bytes ?? null,
  logo_type: logo?.type ?? null,
  logo_hash: logo && logoHash(logo),
});

/** Inserts the organisation; false when its slug is taken. */
export async function insertOrganisation(
  tx: Tx,
  organisation: Organisation,
  logo: Logo | null,
  now: Instant,
): Promise<boolean> {
  const row = await tx
    .insertInto("organisation")
    .values({ id: organisation.id, ...toColumns(organisation), ...logoColumns(logo), created_at: now })
    .onConflict((conflict) => conflict.column("slug").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Saves the organisation; `logo` undefined leaves the picture as it is. */
export async function saveOrganisation(tx: Tx, organisation: Organisation, logo?: Logo | null): Promise<void> {
  await tx
    .updateTable("organisation")
    .set({ ...toColumns(organisation), ...(logo !== undefined && logoColumns(logo)) })
    .where("id", "=", organisation.id)
    .execute();
}

export async function isSlugTaken(tx: Tx, slug: string, exceptId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("organisation")
    .select("id")
    .where("slug", "=", slug)
    .where("id", "!=", exceptId)
    .executeTakeFirst();
  return row !== undefined;
}
