import { hours, type Instant } from "../../../../kernel/time.ts";
import type { Tx } from "../../../../platform/database/index.ts";
import { momentParameters } from "../../../../platform/i18n/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import { check, type Limit, use } from "../../../../platform/throttle/index.ts";
import type { Random } from "../../../../ports/random.ts";
import type { Journey, Outcome } from "../../../journey/index.ts";
import { type CodeParameters, usualParameters } from "../domain/code.ts";
import { type CodeState, judgeCode, unusedToken } from "../domain/judge-code.ts";
import { parseSerial } from "../domain/serial.ts";
import { ownerOf, refuseLink, saveLink } from "../linked.ts";
import { makeMatcher } from "../one-time-code.ts";
import { offerPlace, stockPlace } from "../places.ts";
import { deleteOffer, lockOffer } from "../store.ts";
import { lockFreeToken, takeToken } from "./token-store.ts";

type Deps = { random: Random; keyring: Pick<Keyring, "seal" | "open"> };

/** What was typed from a hardware token, and where. */
type Typed = Readonly<{ serial: string; code: string; network: string }>;

/** Serial numbers can be counted on from one's own, so tries are few; whoever succeeds spends none. */
const limitsOf = (accountId: string, organisationId: string, network: string): Limit[] => [
  { key: `token:account:${accountId}`, limit: 10, window: hours(1) },
  { key: `token:network:${organisationId}:${network}`, limit: 60, window: hours(1) },
];

const newToken: CodeState = { ...unusedToken, drift: 0 };

/**
 * Links a hardware token by its serial number and a code (USR-2): one of the organisation's stock, or one into which the
 * person has put the key that the page shows. An unknown serial number, a token that is another's and a wrong code read the
 * same.
 */
export const makeLinkToken =
  ({ random, keyring }: Deps) =>
  async (tx: Tx, journey: Journey, { serial: typed, code, network }: Typed, now: Instant): Promise<Outcome> => {
    const { account, organisation } = ownerOf(journey);
    const limits = limitsOf(account.id, organisation.id, network);
    for (const limit of limits) {
      const until = await check(tx, limit, now);
      if (until) return tooManyTries(until, now);
    }

    const judge = (key: Buffer, parameters: CodeParameters, spentSteps: readonly number[] = []): CodeState | null => {
      const judged = judgeCode({ ...newToken, spentSteps }, parameters, makeMatcher(key, parameters), code, now);
      return judged.verdict === "right" ? judged.next : null;
    };
    const serial = parseSerial(typed);
    const stocked = serial === null ? null : await lockFreeToken(tx, organisation.id, serial);
    // Another's token takes as long to refuse as one that there is.
    const key = stocked ? keyring.open(stockPlace(stocked.id), stocked.secret) : random.bytes(20);
    const state = judge(key, stocked?.parameters ?? usualParameters);
    if (stocked && state) {
      const { parameters } = stocked;
      const outcome = await saveLink({ random, keyring }, tx, journey, { key, parameters, state, serial }, now);
      await Promise.all([takeToken(tx, stocked.id, outcome.linked[0].id), deleteOffer(tx, account.id)]);
      return outcome;
    }

    const offer = await lockOffer(tx, account.id);
    if (serial !== null && offer?.journeyId === journey.id) {
      const offered = keyring.open(offerPlace(account.id), offer.secret);
      const programmed = judge(offered, usualParameters, offer.spentSteps);
      if (programmed) {
        await deleteOffer(tx, account.id);
        const shown = { key: offered, parameters: usualParameters, state: programmed, serial };
        return saveLink({ random, keyring }, tx, journey, shown, now);
      }
    }

    for (const limit of limits) await use(tx, limit, now);
    return refuseLink("wrong-token", { key: "totp:token-refused" });
  };

function tooManyTries(until: Instant, now: Instant): Outcome {
  const parameters = { ...momentParameters(until, "en", now), until: until.toISOString() };
  return refuseLink("too-many-tries", { key: "totp:token-tries", parameters });
}
