import { randomBytes, randomUUID } from "node:crypto";
import { makeHasher } from "../../src/features/authenticators/password/hash.ts";
import { usualParameters } from "../../src/features/authenticators/totp/domain/code.ts";
import { codeAt } from "../../src/features/authenticators/totp/one-time-code.ts";
import { keyPlace } from "../../src/features/authenticators/totp/places.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { Composed } from "../../src/main.ts";
import { systemRandom } from "../../src/ports/random.ts";
import { password } from "./application.ts";

type Person = { email: string; code(): string };

export type People = {
  /** Somebody whose next code the service has not had yet. Throws when everybody would have to wait for a new one. */
  next(): Person;
};

type Wish = { organisationId: string; accounts: number; signingIn: number };

/**
 * Active accounts with a password and an authenticator app, put into the tables as the service would have. The first
 * `signingIn` of them can sign in; the others' keys fit no row.
 */
export async function seedPeople(
  { pool, keyring }: Pick<Composed, "pool" | "keyring">,
  { organisationId, accounts, signingIn }: Wish,
): Promise<People> {
  const pepper = new Secret(keyring.key("password").toString("base64"));
  const made = await makeHasher({ random: systemRandom, pepper }).hash(password);
  if (made === "busy") throw new Error("the hasher was busy");
  const key = randomBytes(20);
  const ids = Array.from({ length: signingIn }, () => randomUUID());
  const secrets = ids.map((id) => keyring.seal(keyPlace(id), key));

  const client = await pool.connect();
  try {
    await client.query(
      `create temporary table seed (number integer, account uuid default gen_random_uuid(), person uuid default gen_random_uuid(),
      known uuid default gen_random_uuid(), totp uuid default gen_random_uuid(), secret bytea, email text)`,
    );
    await client.query(
      `insert into seed (number, totp, secret, email) select number, id, secret, 'person' || number || '@koivula.example'
      from unnest($1::uuid[], $2::bytea[]) with ordinality as given (id, secret, number)`,
      [ids, secrets],
    );
    await client.query(
      `insert into seed (number, secret, email) select number, $1, 'person' || number || '@koivula.example'
      from generate_series($2::integer, $3::integer) as number`,
      [secrets[0], signingIn + 1, accounts],
    );
    for (const text of inserts) await client.query(text.sql, text.takes({ organisationId, hash: made.hash }));
    for (const text of ["drop table seed", "vacuum analyze"]) await client.query(text);
  } finally {
    client.release();
  }
  return makePeople(key, signingIn);
}

type Given = { organisationId: string; hash: string };

const inserts: readonly { sql: string; takes(given: Given): unknown[] }[] = [
  {
    sql: "insert into person select person, 'Aino', 'Virtanen', 'en', now() from seed",
    takes: () => [],
  },
  {
    sql: `insert into account (id, organisation_id, person_id, user_name, email, category, state, created_at, activated_at)
    select account, $1, person, email, email, 'staff', 'active', now(), now() from seed`,
    takes: ({ organisationId }) => [organisationId],
  },
  {
    sql: "insert into account_name (key, organisation_id, account_id) select email, $1, account from seed",
    takes: ({ organisationId }) => [organisationId],
  },
  {
    sql: `insert into authenticator (id, account_id, method, linked_at) select known, account, 'password', now() from seed
    union all select totp, account, 'totp', now() from seed`,
    takes: () => [],
  },
  {
    sql: "insert into password (account_id, hash, changed_at) select account, $1, now() from seed",
    takes: ({ hash }) => [hash],
  },
  {
    sql: "insert into totp (authenticator_id, secret, last_step) select totp, secret, -1 from seed",
    takes: () => [],
  },
];

/** Everybody has the same key on their phone; each code is good for one sign-in of each. */
function makePeople(key: Buffer, count: number): People {
  const lastSteps = new Map<number, number>();
  let turn = 0;
  return {
    next() {
      turn = (turn % count) + 1;
      const number = turn;
      return {
        email: `person${number}@koivula.example`,
        // Asked for when the page with the code is there: the step of now, or the next if that one is spent.
        code() {
          const now = Math.floor(Date.now() / 30_000);
          const step = Math.max(now, (lastSteps.get(number) ?? 0) + 1);
          if (step > now + 1) throw new Error("more sign-ins than there are people with a code that is not spent");
          lastSteps.set(number, step);
          return codeAt(key, usualParameters, step);
        },
      };
    },
  };
}
