import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { Journey, Outcome, StepHandler } from "../../journey/index.ts";
import { usualParameters } from "./domain/code.ts";
import { judgeCode, unusedToken } from "./domain/judge-code.ts";
import { keyUri } from "./domain/key-uri.ts";
import { ownerOf, refuseLink, saveLink } from "./linked.ts";
import { noticeOf } from "./notices.ts";
import { keyToBase32, makeMatcher } from "./one-time-code.ts";
import { linkPage } from "./pages.ts";
import { offerPlace } from "./places.ts";
import { deleteOffer, lockOffer, offerToken, saveSpentSteps } from "./store.ts";
import { makeLinkToken } from "./tokens/link-token.ts";
import { hasFreeTokens } from "./tokens/token-store.ts";

export type LinkAppDeps = { db: Db; clock: Clock; random: Random; keyring: Pick<Keyring, "seal" | "open"> };

/** 160 bits, as long as the hash (RFC 4226 §4, R6). */
const keyBytes = 20;

/**
 * Links an authenticator app: the page shows a key of our making, the post shows that an app has it. Until then nothing
 * is linked (T29); from then on the key is shown to nobody (T28). With a serial number it is a hardware token's code.
 */
export function makeLinkApp(deps: LinkAppDeps): StepHandler {
  const linkToken = makeLinkToken(deps);
  return {
    kind: "totp-link",
    amr: [],
    async page(view) {
      const { account, organisation } = ownerOf(view.journey);
      const [offered, inStock] = await Promise.all([
        offeredKey(deps, account.id, view.journey.id),
        hasFreeTokens(deps.db, organisation.id),
      ]);
      const key = keyToBase32(offered);
      const issuer = organisation.authenticatorName;
      return linkPage(view, { key, name: issuer, uri: keyUri({ key, issuer, account: account.userName }), inStock });
    },
    attempt: async (_journey, { serial, code = "" }, { network }) => ({
      decide: (tx, now) => (journey) =>
        serial === undefined
          ? linkApp(deps, tx, journey, code, now)
          : linkToken(tx, journey, { serial, code, network }, now),
    }),
    quick: true,
  };
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

async function linkApp(
  { random, keyring }: LinkAppDeps,
  tx: Tx,
  journey: Journey,
  input: string,
  now: Instant,
): Promise<Outcome> {
  const { account } = ownerOf(journey);
  const offer = await lockOffer(tx, account.id);
  if (offer?.journeyId !== journey.id) return refuseLink("link-replaced", { key: "totp:link-replaced", tone: "warn" });

  const key = keyring.open(offerPlace(account.id), offer.secret);
  // Wrong codes are not counted here: whoever sees this page sees the key.
  const unused = { ...unusedToken, spentSteps: offer.spentSteps };
  const { next, ...verdict } = judgeCode(unused, usualParameters, makeMatcher(key, usualParameters), input, now);
  if (verdict.verdict !== "right") {
    await saveSpentSteps(tx, account.id, next.spentSteps);
    return refuseLink(verdict.verdict, noticeOf(verdict, now, "app"));
  }
  const shown = { key, parameters: usualParameters, state: next, serial: null };
  const [outcome] = await Promise.all([
    saveLink({ random, keyring }, tx, journey, shown, now),
    deleteOffer(tx, account.id),
  ]);
  return outcome;
}
