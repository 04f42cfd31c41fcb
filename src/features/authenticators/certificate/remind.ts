import { days, type Instant, plus } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Audit, AuditEvent } from "../../audit/index.ts";
import { endAuthenticators } from "../../journey/index.ts";
import type { Messages, Outgoing } from "../../messages/index.ts";
import { letterhead, loadAccount, loadOrganisation } from "../../organisations/index.ts";
import type { CertificateDeps } from "./certificate-deps.ts";
import { type Expiring, takeExpiring } from "./store.ts";

const batch = 100;

export type RemindDeps = Pick<CertificateDeps, "db" | "clock"> & Readonly<{ audit: Audit; messages: Messages }>;

/**
 * T43: tells people that the certificate of their card expires, a month before and a week before, once each; and ends the
 * link of a card that has expired, so that an unusable card does not count as the account's strongest method.
 */
export const makeRemind = (deps: RemindDeps) => async (): Promise<void> => {
  const { db, clock } = deps;
  const next = () => db.transaction().execute((tx) => remindSome(deps, tx, clock.now()));
  while ((await next()) === batch);
};

async function remindSome({ audit, messages }: RemindDeps, tx: Tx, now: Instant): Promise<number> {
  const expiring = await takeExpiring(tx, now, batch);
  const letters: Outgoing[] = [];
  for (const card of expiring) letters.push(...(await letterOf(tx, card, now)));
  const ended = expiring.filter(({ days }) => days === 0);
  await endAuthenticators(
    tx,
    ended.map(({ id }) => id),
    now,
  );
  await messages.enqueue(tx, letters);
  await audit.record(tx, expiring.map(eventOf));
  return expiring.length;
}

async function letterOf(tx: Tx, { accountId, organisationId, notAfter, days: left }: Expiring, now: Instant) {
  const account = await loadAccount(tx, accountId);
  const organisation = await loadOrganisation(tx, organisationId);
  if (!account || !organisation) return [];
  return [
    {
      template: "card-expiry",
      parameters: { until: notAfter, ended: left === 0 },
      channel: "email",
      to: account.email,
      language: account.language,
      letterhead: letterhead(organisation),
      accountId,
      expiresAt: plus(now, days(3)),
    } as const,
  ];
}

const eventOf = ({ id, accountId, organisationId, days: left }: Expiring): AuditEvent => ({
  type: left === 0 ? "method.removed" : "certificate.expiry-told",
  result: "done",
  actor: "system",
  organisationId,
  accountId,
  detail: { method: "certificate", authenticator: id, ...(left === 0 ? { reason: "expired" } : { days: left }) },
});
