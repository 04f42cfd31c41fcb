import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import {
  type Authenticator,
  insertAuthenticator,
  type Journey,
  linkNotices,
  type Outcome,
  type StepHandler,
} from "../../journey/index.ts";
import type { Account, Organisation } from "../../organisations/index.ts";
import { usualParameters } from "./domain/code.ts";
import { judgeCode, unusedToken } from "./domain/judge-code.ts";
import { keyUri } from "./domain/key-uri.ts";
import { noticeOf } from "./notices.ts";
import { keyToBase32, makeMatcher } from "./one-time-code.ts";
import { linkPage } from "./pages.ts";
import { keyPlace, offerPlace } from "./places.ts";
import { deleteOffer, insertToken, lockOffer, offerToken, saveSpentSteps } from "./store.ts";

export type LinkAppDeps = { db: Db; clock: Clock; random: Random; keyring: Pick<Keyring, "seal" | "open"> };

/** 160 bits, as long as the hash (RFC 4226 §4, R6). */
const keyBytes = 20;

/**
 * Links an authenticator app: the page shows a key of our making, the post shows that an app has it. Until then nothing
 * is linked (T29); from then on the key is shown to nobody (T28).
 */
export const makeLinkApp = (deps: LinkAppDeps): StepHandler => ({
  kind: "totp-link",
  amr: [],
  async page(view) {
    const { account, organisation } = ownerOf(view.journey);
    const key = keyToBase32(await offeredKey(deps, account.id, view.journey.id));
    const issuer = organisation.authenticatorName;
    return linkPage(view, { key, name: issuer, uri: keyUri({ key, issuer, account: account.userName }) });
  },
  attempt: async (_journey, form) => ({
    decide: (tx, now) => (journey) => link(deps, tx, journey, form.code ?? "", now),
  }),
  quick: true,
});

/** A journey gets here only once it is known whose it is. */
function ownerOf({ account, organisation }: Journey): { account: Account; organisation: Organisation } {
  if (!account || !organisation) throw new Error("an app is linked for nobody");
  return { account, organisation };
}

/** A page is drawn by a GET; opened again, it shows the same key, so that opening it changes nothing for the person. */
async function offeredKey(
  { db, clock, random, keyring }: LinkAppDeps,
  accountId: string,
  journeyId: string,
): Promise<Buffer> {
  const place = offerPlace(accountId);
  const secret = keyring.seal(place, random.bytes(keyBytes));
  return keyring.open(place, await offerToken(db, { accountId, journeyId, secret }, clock.now()));
}

async function link(
  { random, keyring }: LinkAppDeps,
  tx: Tx,
  journey: Journey,
  input: string,
  now: Instant,
): Promise<Outcome> {
  const { account, organisation } = ownerOf(journey);
  const offer = await lockOffer(tx, account.id);
  if (offer?.journeyId !== journey.id) return refused("link-replaced", { key: "totp:link-replaced", tone: "warn" });

  const key = keyring.open(offerPlace(account.id), offer.secret);
  // Wrong codes are not counted here: whoever sees this page sees the key.
  const state = { ...unusedToken, spentSteps: offer.spentSteps };
  const { next, ...verdict } = judgeCode(state, usualParameters, makeMatcher(key, usualParameters), input, now);
  if (verdict.verdict !== "right") {
    await saveSpentSteps(tx, account.id, next.spentSteps);
    return refused(verdict.verdict, noticeOf(verdict, now));
  }

  const made: Authenticator = { id: random.id(), method: "totp", name: null, linkedAt: now, lastUsedAt: null };
  const secret = keyring.seal(keyPlace(made.id), key);
  await Promise.all([
    deleteOffer(tx, account.id),
    insertAuthenticator(tx, account.id, made),
    insertToken(tx, { id: made.id, secret, parameters: usualParameters, state: next }),
  ]);
  return {
    result: "shown",
    proofs: [
      { kind: "totp-link", authenticatorId: made.id },
      { kind: "totp", authenticatorId: made.id },
    ],
    linked: [made],
    event: { type: "method.linked", detail: { method: "totp", authenticator: made.id } },
    messages: linkNotices(account, organisation, "totp", now),
  };
}

const refused = (reason: string, notice: (Outcome & { result: "refused" })["notice"]): Outcome => ({
  result: "refused",
  notice,
  event: { type: "method.link-refused", detail: { method: "totp", reason } },
});
