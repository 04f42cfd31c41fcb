import type { Adapter, AdapterConstructor, AdapterPayload } from "oidc-provider";
import type { Pool } from "pg";

export const plainTable = `create table artifact (
  kind text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  user_code text,
  uid text,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (kind, id)
);
create index artifact_grant on artifact (grant_id) where grant_id is not null;
create index artifact_user_code on artifact (user_code) where user_code is not null;
create index artifact_uid on artifact (uid) where uid is not null;`;

type Row = { payload: AdapterPayload; consumed: number | null };

const columns = "payload, extract(epoch from consumed_at)::integer as consumed";
const alive = "(expires_at is null or expires_at > now())";

/**
 * The adapter that oidc-provider's documentation describes, one jsonb table, one named statement a call. Like most of
 * its kind it trusts the engine to look whether a code was consumed, so that two redemptions at once can both win.
 */
export function makePlainAdapter(pool: Pool): AdapterConstructor {
  const query = (name: string, text: string, values: unknown[]) => pool.query<Row>({ name, text, values });

  return class PlainAdapter implements Adapter {
    readonly #kind: string;

    constructor(kind: string) {
      this.#kind = kind;
    }

    async #one(name: string, condition: string, value: string): Promise<AdapterPayload | undefined> {
      const text = `select ${columns} from artifact where kind = $1 and ${condition} = $2 and ${alive}`;
      const { rows } = await query(name, text, [this.#kind, value]);
      const row = rows[0];
      return row && { ...row.payload, ...(row.consumed !== null && { consumed: row.consumed }) };
    }

    async upsert(id: string, payload: AdapterPayload, expiresIn: number) {
      const expires = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
      await query(
        "upsert",
        `insert into artifact (kind, id, payload, grant_id, user_code, uid, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (kind, id) do update set payload = $3, grant_id = $4, user_code = $5, uid = $6, expires_at = $7`,
        [this.#kind, id, payload, payload.grantId ?? null, payload.userCode ?? null, payload.uid ?? null, expires],
      );
    }

    find(id: string) {
      return this.#one("find", "id", id);
    }

    findByUserCode(code: string) {
      return this.#one("find-by-user-code", "user_code", code);
    }

    findByUid(uid: string) {
      return this.#one("find-by-uid", "uid", uid);
    }

    async consume(id: string) {
      await query("consume", "update artifact set consumed_at = now() where kind = $1 and id = $2", [this.#kind, id]);
    }

    async destroy(id: string) {
      await query("destroy", "delete from artifact where kind = $1 and id = $2", [this.#kind, id]);
    }

    async revokeByGrantId(grantId: string) {
      await query("revoke", "delete from artifact where kind = $1 and grant_id = $2", [this.#kind, grantId]);
    }
  };
}
