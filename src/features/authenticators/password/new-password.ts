import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Random } from "../../../ports/random.ts";
import type { Attempt, Authenticator, Journey, Outcome, StepHandler } from "../../journey/index.ts";
import { endAuthenticators, goodForOne, insertAuthenticator } from "../../journey/index.ts";
import { type Account, noticesTo, type Organisation, setAccountState } from "../../organisations/index.ts";
import { checkPassword, type PasswordFault } from "./domain/password-rules.ts";
import type { Hasher } from "./hash.ts";
import { newPasswordPage } from "./pages.ts";
import { loadHash, savePassword } from "./store.ts";
import { isTemporary } from "./temporary/issue.ts";
import { loadTemporary, spendTemporary } from "./temporary/store.ts";

export type NewPasswordDeps = {
  db: Db;
  random: Random;
  keyring: Pick<Keyring, "hash">;
  hasher: Hasher;
  isCommon: (text: string) => boolean;
  serviceName: string;
};

/**
 * Sets a password: the first one at activation (ACT-6), or another in the place of the old one (USR-8) or of a temporary
 * one (SIN-5). What ends with it (sessions, half-way journeys) ends in the same transaction.
 */
export const makeNewPassword = (deps: NewPasswordDeps): StepHandler => ({
  kind: "new-password",
  amr: [],
  page: newPasswordPage,
  async attempt(journey, form) {
    const { account, organisation } = ownerOf(journey);
    const given = form.new_password ?? "";
    const { minimumLength } = organisation.policy.password;
    const rules = {
      minimumLength,
      contextWords: contextWords(account, organisation, deps.serviceName),
      isCommon: deps.isCommon,
    };
    const faults = checkPassword(given, rules);
    if (faults !== "accepted" && faults.includes("too-long")) return refusal(faults, minimumLength);

    const [current, temporary] = await Promise.all([
      loadHash(deps.db, account.id, { ended: true }),
      loadTemporary(deps.db, account.id),
    ]);
    const compared = current ? await deps.hasher.verify(current, given) : "no-match";
    if (compared === "busy") return "busy";
    const wasTemporary = isTemporary(deps.keyring, account.id, temporary?.hash ?? null, given);
    const all = checkPassword(given, { ...rules, isCurrent: compared === "match" || wasTemporary });
    if (all !== "accepted") return refusal(all, minimumLength);
    const hashed = await deps.hasher.hash(given);
    return hashed === "busy"
      ? "busy"
      : { decide: (tx, now) => (locked) => setPassword(deps, tx, locked, hashed.hash, now) };
  },
});

/** A journey gets here only once it is known whose it is. */
function ownerOf({ account, organisation }: Journey): { account: Account; organisation: Organisation } {
  if (!account || !organisation) throw new Error("a password is set for nobody");
  return { account, organisation };
}

/** Names that a guesser would try first (T14). */
const contextWords = (account: Account, { name, ...organisation }: Organisation, serviceName: string): string[] => [
  ...Object.values(name),
  organisation.slug,
  organisation.smsName,
  organisation.authenticatorName,
  account.givenName,
  account.familyName,
  account.userName,
  account.email,
  serviceName,
];

async function setPassword(
  { random }: NewPasswordDeps,
  tx: Tx,
  journey: Journey,
  hash: string,
  now: Instant,
): Promise<Outcome> {
  const { account, organisation } = ownerOf(journey);
  const temporary = journey.proofs.find(({ kind }) => kind === goodForOne.kind);
  if (temporary && !(await spendTemporary(tx, account.id, { shownAt: temporary.shownAt, now }))) return outdated;
  // A card is linked anew afterwards (REC-2): ordering a new password is how the link to a lost one ends.
  const cards = journey.authenticators.filter(({ method }) => method === "certificate").map(({ id }) => id);
  const removed = temporary ? cards : [];
  // Two devices may be at this step; the dispatcher holds the account, so that only one of them makes the authenticator.
  const known = journey.authenticators.find(({ method }) => method === "password");
  const made: Authenticator | null = known
    ? null
    : { id: random.id(), method: "password", name: null, linkedAt: now, lastUsedAt: null };
  await Promise.all([
    made && insertAuthenticator(tx, account.id, made),
    endAuthenticators(tx, removed, now),
    savePassword(tx, account.id, hash, now),
    setAccountState(tx, account.id, { from: ["invited"], to: "activating", now }),
  ]);
  const authenticatorId = (known ?? made)?.id ?? null;
  // The first password is nobody's loss, unless a link gave it to an account that was in use without one (REC-8).
  const isTold = known || removed.length > 0 || journey.purpose === "new-password-by-link";
  const told = { template: "password-changed", parameters: { at: now, cardEnded: removed.length > 0 } } as const;
  return {
    result: "shown",
    proofs: [
      { kind: "new-password", authenticatorId },
      { kind: "password", authenticatorId },
    ],
    linked: made ? [made] : [],
    removed,
    endsOthers: temporary !== undefined,
    event: {
      type: known ? "password.changed" : "password.set",
      detail: {
        ...(temporary && { replaced: goodForOne.kind }),
        ...(removed.length > 0 && { removed: "certificate" }),
      },
    },
    messages: isTold ? await noticesTo(tx, account, organisation, told, now) : [],
  };
}

/** Expired, used in another browser, or replaced since it was shown: it has to be shown anew. */
const outdated: Outcome = {
  result: "refused",
  notice: { key: "password:temporary-over", tone: "warn" },
  lapsed: [goodForOne.kind],
  event: { type: "password.set-refused", detail: { reasons: "temporary-password-over" } },
};

const refusal = (faults: readonly PasswordFault[], minimumLength: number): Attempt => ({
  decide: () => async () => ({
    result: "refused",
    notice: { key: "password:refused", parameters: { faults: faults.join(" "), minimumLength } },
    event: { type: "password.set-refused", detail: { reasons: faults.join(" ") } },
  }),
});
