import { createHash } from "node:crypto";
import type { Pool } from "pg";
import * as z from "zod";
import type { LocalisedText } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Category } from "../organisations/index.ts";

/** Whose session or token it is: everything that claims are made of, read along so that they cost no statement. */
export type Holder = Readonly<{
  accountId: string;
  epoch: number;
  organisationId: string;
  organisationSlug: string;
  organisationName: LocalisedText;
  userName: string;
  email: string;
  phone: string | null;
  category: Category;
  roles: readonly string[];
  /** Its organisation's rules, as they are stored. */
  policy: unknown;
  givenName: string;
  familyName: string;
  language: string;
}>;

const proofs = z.array(
  z.object({ kind: z.string(), authenticatorId: z.string().nullable(), shownAt: z.coerce.date() }),
);
const provider = z.object({ authorizations: z.record(z.string(), z.record(z.string(), z.unknown())).default({}) });

/** A live session, of an active account in an open organisation. */
export type LiveSession = Readonly<{
  uid: string;
  proofs: z.infer<typeof proofs>;
  acr: string;
  amr: string[];
  authenticatedAt: Instant;
  createdAt: Instant;
  lastUsedAt: Instant;
  expiresAt: Instant;
  /** What the engine remembers of each application: `{ sid, grantId }`. */
  authorizations: z.infer<typeof provider>["authorizations"];
}>;

export type GrantRow = Readonly<{
  id: string;
  clientId: string;
  payload: Record<string, unknown>;
  generation: number;
  createdAt: Instant;
  expiresAt: Instant;
  /** False once it has expired or its account's epoch was raised; its generation goes on. */
  live: boolean;
}>;

export type TokenRow = Readonly<{
  kind: string;
  payload: Record<string, unknown>;
  createdAt: Instant;
  expiresAt: Instant;
  consumedAt: Instant | null;
  grantId: string | null;
}>;

export type Found = { holder: Holder | null; session: LiveSession | null; grant: GrantRow | null };

/** What is kept of a bearer value: 256 random bits need no key and no slow hash. */
export const hashOf = (value: string): Buffer => createHash("sha256").update(value).digest();

/** One grant for each session and application, so that two tabs that begin at once do not undo each other's. */
export const grantIdOf = (sessionUid: string, clientId: string): string =>
  createHash("sha256").update(`${sessionUid} ${clientId}`).digest("hex");

const holderColumns = `a.id as account_id, a.epoch, a.organisation_id, a.user_name, a.email, a.phone, a.category, a.roles,
  p.given_name, p.family_name, p.language, o.slug, o.name as organisation_name, o.policy`;
const sessionColumns = `s.uid, s.proofs, s.acr, s.amr, s.authenticated_at, s.created_at as session_created_at,
  s.last_used_at, s.expires_at as session_expires_at, s.provider`;
const grantColumns = `g.id as grant_id, g.client_id, g.payload as grant_payload, g.generation,
  g.created_at as grant_created_at, g.expires_at as grant_expires_at`;
const isLive = "s.expires_at > $2 and s.last_used_at + make_interval(secs => s.idle_seconds) > $2";

const sessionQuery = `select ${holderColumns}, ${sessionColumns}, ${grantColumns},
  (g.account_epoch = a.epoch and g.account_id = a.id and g.expires_at > $2) as grant_live
from session s
join account a on a.id = s.account_id and a.epoch = s.account_epoch and a.state = 'active'
join person p on p.id = a.person_id
join organisation o on o.id = a.organisation_id and o.state = 'open'
left join oidc_grant g on g.id = encode(sha256(convert_to(s.uid || ' ' || $3, 'UTF8')), 'hex')
where s.id_hash = $1 and ${isLive}`;

const tokenQuery = `select ${holderColumns}, ${sessionColumns}, ${grantColumns},
  (g.account_epoch = a.epoch and g.expires_at > $2) as grant_live,
  t.kind, t.payload, t.created_at, t.expires_at, t.consumed_at, t.grant_id as token_grant_id
from oidc_token t
left join oidc_grant g on g.id = t.grant_id and g.generation = t.generation
left join account a on a.id = g.account_id and a.epoch = g.account_epoch and a.state = 'active'
left join person p on p.id = a.person_id
left join organisation o on o.id = a.organisation_id and o.state = 'open'
left join session s on s.uid = t.session_uid and s.account_id = a.id and s.account_epoch = a.epoch and ${isLive}
where t.id_hash = $1 and t.kind = $3`;

/** The live session of a cookie, with whose it is and its grant for `clientId`: one round trip. */
export async function findLiveSession(
  pool: Pool,
  { id, clientId, now }: { id: string; clientId: string | null; now: Instant },
): Promise<Found | null> {
  const { rows } = await pool.query<Row>({
    name: "applications-session",
    text: sessionQuery,
    values: [hashOf(id), now, clientId ?? ""],
  });
  return rows[0] ? toFound(rows[0]) : null;
}

/**
 * A token with its grant, whose it is, and the session that it ends with: one round trip. A token of a grant that is
 * over (revoked, closed account or organisation, raised epoch) is not found.
 */
export async function findToken(
  pool: Pool,
  { idHash, kind, now }: { idHash: Buffer; kind: string; now: Instant },
): Promise<(Found & { token: TokenRow }) | null> {
  const { rows } = await pool.query<Row & TokenColumns>({
    name: "applications-token",
    text: tokenQuery,
    values: [idHash, now, kind],
  });
  const row = rows[0];
  if (!row) return null;
  const found = toFound(row);
  if (row.token_grant_id !== null && !(found.grant?.live && found.holder)) return null;
  const token = {
    kind: row.kind,
    payload: row.payload,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    consumedAt: row.consumed_at,
    grantId: row.token_grant_id,
  };
  return { ...found, token };
}

type TokenColumns = {
  kind: string;
  payload: Record<string, unknown>;
  created_at: Date;
  expires_at: Date;
  consumed_at: Date | null;
  token_grant_id: string | null;
};

type Row = {
  account_id: string | null;
  epoch: number;
  organisation_id: string;
  user_name: string;
  email: string;
  phone: string | null;
  category: Category; // only the organisations' own store writes it
  roles: string[];
  policy: unknown;
  given_name: string;
  family_name: string;
  language: string;
  slug: string | null;
  organisation_name: LocalisedText;
  uid: string | null;
  proofs: unknown;
  acr: string | null;
  amr: string[];
  authenticated_at: Date | null;
  session_created_at: Date;
  last_used_at: Date;
  session_expires_at: Date;
  provider: unknown;
  grant_id: string | null;
  client_id: string;
  grant_payload: Record<string, unknown>;
  generation: number;
  grant_created_at: Date;
  grant_expires_at: Date;
  grant_live: boolean | null;
};

const toFound = (row: Row): Found => ({
  holder: row.account_id !== null && row.slug !== null ? toHolder(row, row.account_id, row.slug) : null,
  session: row.uid !== null ? toSession(row, row.uid) : null,
  grant: row.grant_id !== null ? toGrant(row, row.grant_id) : null,
});

const toHolder = (row: Row, accountId: string, organisationSlug: string): Holder => ({
  accountId,
  epoch: row.epoch,
  organisationId: row.organisation_id,
  organisationSlug,
  organisationName: row.organisation_name,
  userName: row.user_name,
  email: row.email,
  phone: row.phone,
  category: row.category,
  roles: row.roles,
  policy: row.policy,
  givenName: row.given_name,
  familyName: row.family_name,
  language: row.language,
});

const toSession = (row: Row, uid: string): LiveSession => ({
  uid,
  proofs: proofs.parse(row.proofs),
  acr: row.acr ?? "",
  amr: row.amr,
  authenticatedAt: row.authenticated_at ?? row.session_created_at,
  createdAt: row.session_created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.session_expires_at,
  authorizations: provider.parse(row.provider).authorizations,
});

const toGrant = (row: Row, id: string): GrantRow => ({
  id,
  clientId: row.client_id,
  payload: row.grant_payload,
  generation: row.generation,
  createdAt: row.grant_created_at,
  expiresAt: row.grant_expires_at,
  live: row.grant_live === true,
});
