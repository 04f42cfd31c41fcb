import type { Db, Tx } from "../../platform/database/index.ts";
import type { AuditEvent } from "../audit/index.ts";
import { type Beginning, endAuthenticators, type Journey, type Method, type Purpose } from "../journey/index.ts";
import type { Messages } from "../messages/index.ts";
import {
  type Account,
  minimumStrengthOf,
  noticesTo,
  type Organisation,
  permittedMethods,
} from "../organisations/index.ts";
import type { Session } from "../sessions/index.ts";
import { carriedProofs } from "./carried-proofs.ts";
import { judgeRemoval, type Removal } from "./domain/removal.ts";

type Owner = Readonly<{ account: Account; organisation: Organisation }>;
type Owned = Journey["authenticators"];

/** Names of the methods by which the account's owner gets in now. */
export const lettingIn = (methods: readonly Method[], { account, organisation }: Owner): readonly string[] =>
  permittedMethods(organisation.policy, account.category).filter((name) =>
    methods.some(
      (method) =>
        method.name === name &&
        method.strength >= minimumStrengthOf(organisation.policy, account.category) &&
        (method.isOffered?.(organisation) ?? true),
    ),
  );

/** USR-6: whether the account's owner may remove the authenticator. */
export const removalOf = (
  methods: readonly Method[],
  { account, organisation }: Owner,
  authenticators: Owned,
  authenticatorId: string,
): Removal =>
  judgeRemoval({
    authenticatorId,
    authenticators,
    mayRemove: organisation.policy.methods[account.category].mayRemove ?? false,
    lettingIn: lettingIn(methods, { account, organisation }),
  });

/**
 * USR-6: ends one authenticator of one's own. The policy and what would be left are judged at the end, under the
 * account's lock: of two browsers that remove the last two at once, one finds that it is the last.
 */
export function removeMethodPurpose({
  methods,
  messages,
}: {
  methods: readonly Method[];
  messages: Pick<Messages, "enqueue">;
}): Purpose {
  const removableOf = ({ account, organisation, authenticators, requested: { remove = "" } }: Journey) => {
    if (!account || !organisation) return null;
    if (removalOf(methods, { account, organisation }, authenticators, remove) !== "removable") return null;
    const authenticator = authenticators.find(({ id }) => id === remove);
    return authenticator ? { account, organisation, authenticator } : null;
  };
  return {
    name: "remove-method",
    signsIn: true,
    removes: (journey) => {
      const found = removableOf(journey);
      return found ? [found.authenticator.id] : [];
    },
    finish: async (tx, journey, now) => {
      const found = removableOf(journey);
      if (!found) return [refused(journey)];
      const { account, organisation, authenticator } = found;
      const { id, method } = authenticator;
      await endAuthenticators(tx, [id], now);
      const room = methods.find(({ name }) => name === method);
      await room?.onRemoved?.(tx, id);
      const called = room?.toldAs?.(authenticator) ?? method;
      const told = { template: "method-removed", parameters: { method: called, at: now } } as const;
      await messages.enqueue(tx, await noticesTo(tx, account, organisation, told, now));
      return [{ ...eventOf(journey), type: "method.removed", result: "done", detail: { method, authenticator: id } }];
    },
    destination: (journey) => (removableOf(journey) ? "/account?removed=yes" : "/account"),
    beginAgain: () => "/account",
  };
}

const eventOf = ({ account }: Journey) => ({
  actor: `account:${account?.id ?? ""}` as const,
  organisationId: account?.organisationId ?? null,
  accountId: account?.id ?? null,
});

const refused = (journey: Journey): AuditEvent => ({
  ...eventOf(journey),
  type: "method.remove-refused",
  result: "refused",
  detail: { authenticator: journey.requested.remove ?? "" },
});

type Removing = Owner & Readonly<{ session: Session; authenticatorId: string }>;

/** Begins to remove it; resolves to the journey's id. What the session rests on counts where it is fresh enough (USR-9). */
export const makeBeginRemoveMethod =
  ({
    db,
    methods,
    begin,
  }: {
    db: Db;
    methods: readonly Method[];
    begin(db: Tx | Db, beginning: Beginning): Promise<string>;
  }) =>
  ({ account, session, authenticatorId }: Removing, browserHash: Buffer): Promise<string> =>
    begin(db, {
      purpose: "remove-method",
      browserHash,
      organisationId: account.organisationId,
      account,
      requested: { remove: authenticatorId },
      proofs: carriedProofs(methods, session),
    });
