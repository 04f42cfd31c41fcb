import type { Origin } from "../../kernel/origin.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { Account, Organisation } from "../organisations/index.ts";
import type { CaseDeps } from "./case-deps.ts";
import type { CaseKind } from "./domain/case.ts";
import { tellSupport } from "./letters.ts";
import { type CaseFacts, findOpen, insertCase } from "./store.ts";

export type NewCase = Readonly<{
  account: Account;
  organisation: Organisation;
  kind: CaseKind;
  /** Whose page shows `reference`: support finds the case by it. */
  origin: Pick<Origin, "network" | "reference">;
  facts?: CaseFacts;
  /** What the person writes to support. */
  message?: string;
  journeyId?: string;
  /** Nothing but a page found by this hash, until its person has confirmed the address on record there. */
  confirmedBy?: Readonly<{ tokenHash: Buffer }>;
  /** Until when the address can be confirmed, or the document approved. */
  expiresAt?: Instant;
}>;

/** `isNew` is false where the account has a case of that kind already: `reference` is the older one's then. */
export type Opened = Readonly<{ reference: string; isNew: boolean }>;

/**
 * Opens a case in the caller's transaction and tells support by e-mail that it waits; one that is to be confirmed is told
 * of then. The same trouble again opens no second one: documents aside, where an approval is good for its own journey
 * alone. Whoever calls it holds the account's lock.
 */
export const makeOpenCase =
  (deps: CaseDeps) =>
  async (tx: Tx, given: NewCase, now: Instant): Promise<Opened> => {
    const { account, organisation, kind, origin, facts = {}, message, confirmedBy } = given;
    const event = {
      result: "done",
      actor: "stranger",
      organisationId: organisation.id,
      accountId: account.id,
      network: origin.network,
      reference: origin.reference,
    } as const;
    const known = kind === "document" ? null : await findOpen(tx, account.id, kind);
    if (known) {
      await deps.audit.record(tx, [{ ...event, type: "case.repeated", detail: { kind, case: known.reference } }]);
      return { reference: known.reference, isNew: false };
    }
    const id = deps.random.id();
    const seal = (column: string, text: string) => deps.keyring.seal({ table: "support_case", column, row: id }, text);
    await insertCase(tx, {
      id,
      reference: origin.reference,
      organisationId: organisation.id,
      accountId: account.id,
      epoch: account.epoch,
      kind,
      state: confirmedBy ? "unconfirmed" : "open",
      email: seal("email", account.email),
      message: message === undefined ? null : seal("message", message),
      facts,
      journeyId: given.journeyId ?? null,
      tokenHash: confirmedBy?.tokenHash ?? null,
      expiresAt: given.expiresAt ?? null,
      openedAt: now,
    });
    if (!confirmedBy) await tellSupport(deps, tx, { organisation, kind, caseId: id, reference: origin.reference }, now);
    await deps.audit.record(tx, [{ ...event, type: "case.opened", detail: { kind } }]);
    return { reference: origin.reference, isNew: true };
  };
