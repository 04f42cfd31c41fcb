import { sql } from "kysely";
import { makeAudit } from "../../src/features/audit/index.ts";
import { makeIdentities } from "../../src/features/authenticators/eid/index.ts";
import { makeDirectories } from "../../src/features/directories/index.ts";
import type { Outgoing } from "../../src/features/messages/index.ts";
import { makeCreateOrganisation, type Organisation } from "../../src/features/organisations/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { openDatabase } from "../../src/platform/database/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { systemRandom } from "../../src/ports/random.ts";
import { testDatabase } from "../harness/database.ts";

export const keyringSecret = "inviting".repeat(8);

export type Ground = Awaited<ReturnType<typeof openGround>>;

/** What the tests of inviting stand on: a database with one organisation, and messages that are only noted. */
export async function openGround() {
  const created = await testDatabase();
  const database = openDatabase(created.url);
  const clock = fakeClock();
  const keyring = makeKeyring([new Secret(keyringSecret)]);
  const audit = makeAudit({ clock, random: systemRandom, keyring });
  const identities = makeIdentities({ keyring });
  const enqueued: Outgoing[] = [];
  const withdrawn: string[] = [];
  const messages = {
    enqueue: async (_: unknown, outgoing: readonly Outgoing[]) => void enqueued.push(...outgoing),
    withdraw: async (_: unknown, subjectId: string) => void withdrawn.push(subjectId),
  };
  const common = { db: database.db, clock, random: systemRandom, audit, countries: ["FI", "SE"] };
  const directories = makeDirectories({
    ...{ ...common, keyring, messages },
    kinds: [],
    context: { publicUrl: "https://login.example" },
    operatorEmail: null,
  });
  const result = await makeCreateOrganisation({ ...common, methods: ["eid", "totp"] })(
    { slug: "koivula", name: { fi: "Koivula" } },
    { actor: "operator" },
  );
  if ("problems" in result) throw new Error("the test's organisation was refused");
  /** The organisation as one that sends temporary passwords. */
  const sendTemporary = async (): Promise<Organisation> => {
    const { organisation } = result;
    const policy = { ...organisation.policy, password: { ...organisation.policy.password, way: "temporary" as const } };
    await database.db
      .updateTable("organisation")
      .set({ policy: JSON.stringify(policy) })
      .where("id", "=", organisation.id)
      .execute();
    return { ...organisation, policy };
  };
  return {
    sendTemporary,
    db: database.db,
    pool: database.pool,
    url: created.url,
    clock,
    audit,
    identities,
    enqueued,
    withdrawn,
    organisation: result.organisation,
    deps: { ...common, keyring, messages, identities, directories, publicUrl: "https://login.example" },
    /** Every row that inviting writes, as text. */
    everythingStored: async () => {
      const tables = [
        "person",
        "account",
        "account_name",
        "invitation",
        "invitation_link",
        "identity",
        "audit_event",
        "temporary_password",
      ];
      const rows = await Promise.all(
        tables.map((table) =>
          sql`select row_to_json(t) from ${sql.table(table)} t order by 1::text`.execute(database.db),
        ),
      );
      return JSON.stringify(rows.map(({ rows: found }) => found));
    },
    close: async () => {
      await database.close();
      await created.drop();
    },
  };
}
