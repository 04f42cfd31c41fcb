import type { Pool } from "pg";
import type { Instant } from "../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import type { Audit, AuditEvent } from "../audit/index.ts";

/** One change that a request ends with. `use` and `consume…` are gates: when one is shut, nothing at all happens. */
export type Op =
  | Readonly<{ op: "use"; idHash: Buffer; expiresAt: Instant }>
  | Readonly<{ op: "consume"; idHash: Buffer; now: Instant }>
  | Readonly<{ op: "consume-pushed"; idHash: Buffer; now: Instant }>
  | Readonly<{
      op: "insert-token";
      idHash: Buffer;
      kind: string;
      grantId: string | null;
      generation: number | null;
      sessionUid: string | null;
      payload: unknown;
      createdAt: Instant;
      expiresAt: Instant;
    }>
  | Readonly<{
      op: "save-grant";
      id: string;
      accountId: string;
      epoch: number;
      clientId: string;
      payload: unknown;
      createdAt: Instant;
      expiresAt: Instant;
    }>
  | Readonly<{ op: "save-authorization"; uid: string; clientId: string; authorization: unknown; now: Instant }>
  | Readonly<{ op: "touch-session"; uid: string; now: Instant }>
  | Readonly<{ op: "delete-token"; idHash: Buffer }>
  | Readonly<{ op: "revoke-grant"; id: string }>;

/** Which gate was shut: a one-time value seen before, or a code or refresh token that somebody else was faster with. */
export type Lost = "used" | "consumed";

type Leg = { code: string; gate?: Lost; parameters: number; text(n: (index: number) => string, gates: string): string };

// The token's family must still be alive at this very moment: a code's first redemption skips the read (`code-memory.ts`).
const family = `exists (select from oidc_grant g join account a on a.id = g.account_id
    join organisation o on o.id = a.organisation_id
    where g.id = t.grant_id and g.generation = t.generation and a.epoch = g.account_epoch
      and a.state = 'active' and o.state = 'open')`;

const legs = {
  use: {
    code: "u",
    gate: "used",
    parameters: 2,
    text: (n) =>
      `insert into oidc_used (id_hash, expires_at) values (${n(0)}::bytea, ${n(1)}::timestamptz) on conflict do nothing returning 1`,
  },
  consume: {
    code: "c",
    gate: "consumed",
    parameters: 2,
    text: (n, gates) =>
      `update oidc_token t set consumed_at = ${n(1)}::timestamptz where t.id_hash = ${n(0)}::bytea
  and t.consumed_at is null and t.expires_at > ${n(1)}::timestamptz and ${family}
  and (t.session_uid is null or exists (select from session s where s.uid = t.session_uid
    and s.expires_at > ${n(1)}::timestamptz and s.last_used_at + make_interval(secs => s.idle_seconds) > ${n(1)}::timestamptz))
  ${gates} returning 1`,
  },
  "consume-pushed": {
    code: "p",
    gate: "used",
    parameters: 2,
    text: (n, gates) =>
      `update oidc_token set consumed_at = ${n(1)}::timestamptz where id_hash = ${n(0)}::bytea and consumed_at is null ${gates} returning 1`,
  },
  "insert-token": {
    code: "i",
    parameters: 8,
    text: (n, gates) =>
      `insert into oidc_token (id_hash, kind, grant_id, generation, session_uid, payload, created_at, expires_at)
  select ${n(0)}::bytea, ${n(1)}, ${n(2)}, ${n(3)}::integer, ${n(4)}, ${n(5)}::json, ${n(6)}::timestamptz, ${n(7)}::timestamptz where true ${gates}`,
  },
  "save-grant": {
    code: "g",
    parameters: 7,
    text: (n, gates) =>
      `insert into oidc_grant (id, account_id, account_epoch, client_id, payload, created_at, expires_at)
  select ${n(0)}, ${n(1)}::uuid, ${n(2)}::integer, ${n(3)}, ${n(4)}::jsonb, ${n(5)}::timestamptz, ${n(6)}::timestamptz where true ${gates}
  on conflict (id) do update set account_epoch = excluded.account_epoch, payload = excluded.payload, expires_at = excluded.expires_at`,
  },
  "save-authorization": {
    code: "s",
    parameters: 4,
    text: (n, gates) =>
      `update session set last_used_at = greatest(last_used_at, ${n(3)}::timestamptz), provider = jsonb_set(provider, '{authorizations}',
    coalesce(provider->'authorizations', '{}') || jsonb_build_object(${n(1)}::text, ${n(2)}::jsonb)) where uid = ${n(0)} ${gates}`,
  },
  "touch-session": {
    code: "t",
    parameters: 2,
    text: (n, gates) => `update session set last_used_at = ${n(1)}::timestamptz where uid = ${n(0)} ${gates}`,
  },
  "delete-token": {
    code: "d",
    parameters: 1,
    text: (n, gates) => `delete from oidc_token where id_hash = ${n(0)}::bytea ${gates}`,
  },
  "revoke-grant": {
    code: "r",
    parameters: 1,
    text: (n, gates) => `update oidc_grant set generation = generation + 1 where id = ${n(0)} ${gates}`,
  },
} as const satisfies Record<Op["op"], Leg>;

function valuesOf(op: Op): unknown[] {
  switch (op.op) {
    case "use":
      return [op.idHash, op.expiresAt];
    case "consume":
    case "consume-pushed":
      return [op.idHash, op.now];
    case "insert-token": {
      const { idHash, kind, grantId, generation, sessionUid, payload, createdAt, expiresAt } = op;
      return [idHash, kind, grantId, generation, sessionUid, jsonText(payload), createdAt, expiresAt];
    }
    case "save-grant": {
      const { id, accountId, epoch, clientId, payload, createdAt, expiresAt } = op;
      return [id, accountId, epoch, clientId, jsonText(payload), createdAt, expiresAt];
    }
    case "save-authorization":
      return [op.uid, op.clientId, jsonText(op.authorization), op.now];
    case "touch-session":
      return [op.uid, op.now];
    case "delete-token":
      return [op.idHash];
    case "revoke-grant":
      return [op.id];
  }
}

const statements = new Map<string, { text: string; gates: readonly Lost[] }>();

/** One statement for each shape of a list of changes; there are about a dozen shapes. */
function statementOf(shape: string, ops: readonly Op[]): { text: string; gates: readonly Lost[] } {
  const known = statements.get(shape);
  if (known) return known;
  const gates: Lost[] = [];
  let offset = 1;
  const parts = ops.map((op, index) => {
    const leg: Leg = legs[op.op];
    const first = offset;
    offset += leg.parameters;
    const open = gates.map((_, gate) => `and exists (select from w${gate})`).join(" ");
    if (leg.gate) gates.push(leg.gate);
    return `w${index} as (${leg.text((parameter) => `$${first + parameter}`, open)})`;
  });
  const results = gates.map((_, gate) => `exists (select from w${gate}) as w${gate}`).join(", ") || "true as done";
  const statement = { text: `with ${parts.join(",\n")}\nselect ${results}`, gates };
  statements.set(shape, statement);
  return statement;
}

/**
 * Does all of `ops` in one statement, hence all or none. Resolves to the gate that was shut, if one was; a writer who
 * comes second waits for the first one's commit and then finds it shut.
 */
export async function flushOps(pool: Pool, ops: readonly Op[]): Promise<Lost | null> {
  const ordered = ops.toSorted((a, b) => order(a) - order(b));
  const shape = ordered.map(({ op }) => legs[op].code).join("");
  const { text, gates } = statementOf(shape, ordered);
  const { rows } = await pool.query<Record<string, boolean>>({
    name: `applications-${shape}`,
    text,
    values: ordered.flatMap(valuesOf),
  });
  const shut = gates.findIndex((_, gate) => rows[0]?.[`w${gate}`] !== true);
  return shut < 0 ? null : (gates[shut] ?? null);
}

const order = ({ op }: Op): number => (op === "use" ? 0 : "gate" in legs[op] ? 1 : 2);

/** Ends every token of a grant, and records why, in one transaction. */
export const revokeFamily = (db: Db, audit: Audit, grantId: string, event: AuditEvent): Promise<void> =>
  db.transaction().execute(async (tx: Tx) => {
    await tx
      .updateTable("oidc_grant")
      .set((grant) => ({ generation: grant("generation", "+", 1) }))
      .where("id", "=", grantId)
      .execute();
    await audit.record(tx, [event]);
  });

/** Deletes what expired a day ago or earlier: until then a replay is still told from nonsense. Resolves to how many rows. */
export async function sweepTokens(db: Db, before: Instant): Promise<number> {
  const tokens = await db.deleteFrom("oidc_token").where("expires_at", "<", before).executeTakeFirst();
  const grants = await db.deleteFrom("oidc_grant").where("expires_at", "<", before).executeTakeFirst();
  const used = await db.deleteFrom("oidc_used").where("expires_at", "<", before).executeTakeFirst();
  return Number(tokens.numDeletedRows + grants.numDeletedRows + used.numDeletedRows);
}
