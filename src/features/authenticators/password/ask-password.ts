import { type ShutReason, whyShut } from "../../../kernel/account-state.ts";
import type { Origin } from "../../../kernel/origin.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import { momentParameters } from "../../../platform/i18n/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import { check, fullAmong, use } from "../../../platform/throttle/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import {
  type Attempt,
  goodForOne,
  type Journey,
  type Notice,
  type Outcome,
  type StepHandler,
} from "../../journey/index.ts";
import { nameKey } from "../../organisations/index.ts";
import { longestPassword } from "./domain/password-rules.ts";
import type { Hasher } from "./hash.ts";
import { passwordPage } from "./pages.ts";
import { type Candidate, findCandidates, loadHash, replaceHash } from "./store.ts";
import { isTemporary } from "./temporary/issue.ts";
import { loadTemporary } from "./temporary/store.ts";
import { delayedUntil, type Group, limitsOf, type Throttles, throttlesOf } from "./throttles.ts";

export type AskPasswordDeps = { db: Db; clock: Clock; keyring: Pick<Keyring, "hash">; hasher: Hasher };

/** A name may be in several organisations; more than these are not tried. */
const mostTried = 3;

/**
 * Shows that the person knows the account's password (SIN-3), or a temporary one (SIN-5), which is good for changing it
 * only. A name that finds nobody, a closed account and a wrong password cost the same work and get the same words; so
 * does a right one while guesses are delayed (SIN-10).
 */
export const makeAskPassword = (deps: AskPasswordDeps): StepHandler => ({
  kind: "password",
  amr: ["pwd"],
  page: passwordPage,
  async attempt(journey, form, origin) {
    const own = journey.accountId ? journey.account : null;
    const name = own?.userName ?? form.username ?? "";
    const given = form.password ?? "";
    const key = nameKey(name);
    // Not a guess: refused the same for everybody, and before it costs a hash.
    if (key === null || given === "" || isTooLong(given)) return refusal(wrong(name), "malformed");

    const throttles = throttlesOf(deps.keyring, guessOf(journey, key, origin));
    const limits = [throttles.stranger, ...throttles.known.values()].flatMap(limitsOf);
    const sought = own ? { accountId: own.id } : { key, organisationId: journey.organisation?.id ?? null };
    const keys = limits.map((limit) => limit.key);
    const found = await findCandidates(deps.db, sought, keys, deps.clock.now());
    const full = fullAmong(limits, found.throttles, deps.clock.now());
    const about = found.candidates.length === 1 ? found.candidates[0] : undefined;

    const groups = groupCandidates(found.candidates, throttles);
    const open = groups.filter(({ group }) => delayedUntil([group], full) === null);
    const until = delayedUntil(
      groups.map(({ group }) => group),
      full,
    );
    if (until) return refusal(delayed(name, until, deps.clock.now()), "delayed", about);

    const temporary = findTemporary(deps.keyring, open, given);
    const tried = await tryCandidates(deps.hasher, open, given);
    if (tried === "busy") return "busy";
    const match = temporary ?? tried;
    if (match) return rightPassword(match, name);
    return wrongPassword(
      open.map(({ group }) => group),
      name,
      about,
    );
  },
});

const isTooLong = (given: string): boolean =>
  given.length > longestPassword * 4 || [...given.normalize("NFKC")].length > longestPassword;

const guessOf = ({ known }: Journey, key: string, { network, browserHash }: Origin) => ({
  key,
  network,
  browserHash,
  knownAccounts: known.map(({ accountId }) => accountId),
});

type Tried = Readonly<{ group: Group; candidates: readonly Candidate[] }>;

/** Accounts that this browser knows are counted each on its own, all others together, found or not. */
function groupCandidates(candidates: readonly Candidate[], { stranger, known }: Throttles): readonly Tried[] {
  const familiar = candidates.flatMap((candidate) => {
    const group = known.get(candidate.accountId);
    return group ? [{ group, candidates: [candidate] }] : [];
  });
  const strange = candidates.filter(({ accountId }) => !known.has(accountId));
  const needsStranger = strange.length > 0 || familiar.length === 0;
  return needsStranger ? [...familiar, { group: stranger, candidates: strange }] : familiar;
}

/** `hash` is what fitted; `renewed` takes the place of a password's that was made at another cost. */
type Match = Readonly<{ group: Group; candidate: Candidate; hash: string; renewed: string | null; temporary: boolean }>;

/** The account whose temporary password it is: compared for each in turn, at a price that nobody can measure. */
function findTemporary(keyring: AskPasswordDeps["keyring"], tried: readonly Tried[], given: string): Match | undefined {
  const matches = tried.flatMap(({ group, candidates }) =>
    candidates.flatMap((candidate): Match[] => {
      const hash = candidate.temporary === null ? null : Buffer.from(candidate.temporary, "hex");
      const fits = isTemporary(keyring, candidate.accountId, hash, given);
      return fits ? [{ group, candidate, hash: candidate.temporary ?? "", renewed: null, temporary: true }] : [];
    }),
  );
  return matches[0];
}

/** Compares with every account at once, so that two of them take as long as one where there are cores for it. */
async function tryCandidates(hasher: Hasher, tried: readonly Tried[], given: string): Promise<Match | "busy" | null> {
  const hashes = tried
    .flatMap(({ group, candidates }) =>
      candidates.flatMap((candidate) => (candidate.hash ? [{ group, candidate, hash: candidate.hash }] : [])),
    )
    .slice(0, mostTried);
  if (hashes.length === 0) return (await hasher.verifyNothing(given)) === "busy" ? "busy" : null;
  const verified = await Promise.all(hashes.map(({ hash }) => hasher.verify(hash, given)));
  const match = hashes[verified.indexOf("match")];
  if (!match) return verified.includes("busy") ? "busy" : null;
  const renewed = hasher.needsRehash(match.hash) ? await hasher.hash(given) : null;
  return { ...match, renewed: renewed && renewed !== "busy" ? renewed.hash : null, temporary: false };
}

const rightPassword = (match: Match, name: string): Attempt => ({
  accountId: match.candidate.accountId,
  decide(tx, now) {
    const { group } = match;
    const looked = Promise.all([
      check(tx, group.own, now, { reset: true }),
      Promise.all(group.shared.map((limit) => check(tx, limit, now))),
      holdsStill(tx, match, now),
    ]);
    looked.catch(() => {}); // who never asks for it has failed by the same fault already
    return async (journey) => {
      const [own, shared, isUnchanged] = await looked;
      const until = latest([own, ...shared]);
      if (until) return refused(delayed(name, until, now), "delayed");
      // Changed or closed while it was compared: what was right then is wrong now.
      if (!isUnchanged || !mayShow(journey)) return refused(wrong(name), shutOf(journey) ?? "wrong");
      const authenticator = journey.authenticators.find(({ method }) => method === "password");
      return match.temporary
        ? {
            result: "shown",
            proofs: [{ kind: goodForOne.kind, authenticatorId: null }],
            event: { type: "temporary-password.accepted" },
          }
        : {
            result: "shown",
            proofs: [{ kind: "password", authenticatorId: authenticator?.id ?? null }],
            event: { type: "password.accepted" },
          };
    };
  },
});

/** Whether what fitted is the account's password still. */
async function holdsStill(tx: Tx, { candidate, hash, renewed, temporary }: Match, now: Instant): Promise<boolean> {
  const { accountId } = candidate;
  if (renewed) return replaceHash(tx, accountId, hash, renewed);
  if (!temporary) return (await loadHash(tx, accountId)) === hash;
  const stored = await loadTemporary(tx, accountId);
  return stored !== null && stored.hash.toString("hex") === hash && stored.expiresAt > now;
}

const shutOf = ({ account, organisation }: Journey): ShutReason | null =>
  account && whyShut(account.state, organisation?.state ?? "open");

const mayShow = ({ account }: Journey): boolean => account?.state === "active" || account?.state === "activating";

/** Counts first; who finds the counter full is not told that it was wrong, so that a crowd of guesses is no more than five. */
const wrongPassword = (groups: readonly Group[], name: string, about?: Candidate): Attempt => ({
  decide: (tx, now) => async () => {
    const limits = groups.flatMap(limitsOf);
    const counted = await Promise.all(limits.map((limit) => use(tx, limit, now)));
    const full = new Map(limits.flatMap(({ key }, index) => (counted[index] ? [[key, counted[index]]] : [])));
    const until = delayedUntil(groups, full);
    return until
      ? refused(delayed(name, until, now), "delayed", about)
      : refused(wrong(name), about?.shut ?? "wrong", about);
  },
});

/** For the audit: a page says of a shut account what it says of a wrong password. */
type Reason = "wrong" | "delayed" | "malformed" | ShutReason;

const refused = (notice: Notice, reason: Reason, about?: Candidate): Outcome => ({
  result: "refused",
  notice,
  event: { type: "password.refused", detail: { reason } },
  ...(about && { about: { accountId: about.accountId, organisationId: about.organisationId } }),
});

const refusal = (notice: Notice, reason: Reason, about?: Candidate): Attempt => ({
  decide: () => async () => refused(notice, reason, about),
});

/** What was typed is kept, so that nobody types a long address twice; only what could be a name. */
const kept = (name: string) => (nameKey(name) === null ? {} : { username: name });

const wrong = (name: string): Notice => ({ key: "password:wrong", parameters: kept(name) });

const delayed = (name: string, until: Instant, now: Instant): Notice => ({
  key: "password:delayed",
  parameters: { ...momentParameters(until, "en", now), until: until.toISOString(), ...kept(name) },
  tone: "warn",
});

const latest = (instants: readonly (Instant | null)[]): Instant | null =>
  instants.reduce((last, one) => (one && (!last || one > last) ? one : last), null);
