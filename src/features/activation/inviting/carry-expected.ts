import { parseIdentityCode } from "../../../kernel/identity.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Identities } from "../../authenticators/eid/index.ts";
import { forgetExpected, lockExpected } from "./store.ts";

const atOnce = 500;

/**
 * Has the accounts expect whom invitations of earlier versions named, in the invitations' own rows: whoever was invited
 * before an upgrade is held against the same code after it. Resolves to how many there were.
 */
export const makeCarryExpected =
  ({
    db,
    clock,
    keyring,
    identities,
  }: {
    db: Db;
    clock: Clock;
    keyring: Pick<Keyring, "open">;
    identities: Pick<Identities, "expect">;
  }) =>
  async (): Promise<number> => {
    const carry = () =>
      db.transaction().execute(async (tx) => {
        const rows = await lockExpected(tx, atOnce);
        const expected = rows.flatMap(({ id, accountId, organisationId, sealed }) => {
          const place = { table: "invitation", column: "expected_identity", row: id };
          const { value } = JSON.parse(keyring.open(place, sealed).toString());
          const identity = parseIdentityCode(String(value));
          return identity ? [{ accountId, organisationId, identity }] : [];
        });
        await identities.expect(tx, expected, clock.now());
        await forgetExpected(
          tx,
          rows.map(({ id }) => id),
        );
        return rows.length;
      });
    let carried = 0;
    for (let more = await carry(); more > 0; more = await carry()) carried += more;
    return carried;
  };
