import type { Origin } from "../../../kernel/origin.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Audit } from "../../audit/index.ts";
import { type Beginning, listAuthenticators, type MethodRule } from "../../journey/index.ts";
import { type Account, loadOrganisation, lockAccount } from "../../organisations/index.ts";
import { passwordWay } from "./password-way.ts";
import { linkHash } from "./send-link.ts";
import { findLink, type PasswordLink, useLink } from "./store.ts";

export type OpenLinkDeps = {
  db: Db;
  clock: Clock;
  keyring: Pick<Keyring, "hash">;
  audit: Audit;
  methods: readonly MethodRule[];
  begin(tx: Tx | Db, beginning: Beginning): Promise<string>;
};

/**
 * Uses a link up, once, and begins the journey that asks for a new password; resolves to its id, or null where the link
 * opens nothing any more. Account and policy are judged as they are now, under the account's lock.
 */
export const makeOpenLink =
  ({ db, clock, keyring, audit, methods, begin }: OpenLinkDeps) =>
  (token: string, { browserHash, network, reference }: Origin): Promise<string | null> =>
    db.transaction().execute(async (tx) => {
      const link = await findLink(tx, linkHash(keyring, token));
      const account = link && (await lockAccount(tx, link.accountId));
      if (!link || !account) return null;
      const now = clock.now();
      const { id: accountId, organisationId } = account;
      const isUsed = (await mayChoose(tx, account, link, methods)) && (await useLink(tx, link, now));
      const id = isUsed
        ? await begin(tx, {
            purpose: "new-password-by-link",
            browserHash,
            organisationId,
            account,
            subjectId: link.id,
            proofs: [{ kind: "recovery-link", authenticatorId: null, shownAt: now }],
          })
        : null;
      const result = isUsed ? "done" : "refused";
      const event = { type: "password-link.used", result, actor: "stranger", organisationId, accountId } as const;
      await audit.record(tx, [{ ...event, network, reference }]);
      return id;
    });

async function mayChoose(tx: Tx, account: Account, link: PasswordLink, methods: readonly MethodRule[]) {
  if (link.epoch !== account.epoch) return false;
  const organisation = await loadOrganisation(tx, account.organisationId);
  const linked = (await listAuthenticators(tx, account.id)).map(({ method }) => method);
  return organisation !== null && passwordWay(account, organisation, linked, methods) === "link";
}
