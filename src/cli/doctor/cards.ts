import { setTimeout as sleep } from "node:timers/promises";
import { cardFront, makeCards } from "../../cards.ts";
import type { Config } from "../../config.ts";
import { type Instant, seconds } from "../../kernel/time.ts";
import { type Check, fail, pass, wordsOf } from "./check.ts";
import { checkCertificate } from "./tls.ts";

const longestWait = seconds(10);

/** Whether the authorities of certificate cards hold and answer, and how long the card listener's own certificate lasts. */
export async function checkCards(config: Config, now: Instant): Promise<Check[]> {
  if (!config.cards) return [];
  try {
    const cards = makeCards(config);
    const inspected = cards?.checker.inspect(now) ?? [];
    const found = await Promise.race([inspected, sleep(longestWait, null, { ref: false })]);
    return [checkListener(config.cards, now), ...(found ? found.map(toCheck) : [silence])];
  } catch (error) {
    return [fail("Certificate cards", wordsOf(error), "docs/operate/certificate-cards.md says what belongs there.")];
  }
}

const toCheck = ({ authority, ...check }: { authority: string } & Omit<Check, "name">): Check => ({
  name: `Cards ${authority}`,
  ...check,
});

const silence = fail(
  "Certificate cards",
  "Who tells of revocations did not answer in ten seconds.",
  "Check that a firewall lets this machine out to the issuers' OCSP responders and lists.",
);

function checkListener(cards: NonNullable<Config["cards"]>, now: Instant): Check {
  const name = "Card listener";
  const front = cardFront(cards);
  const { url } = cards;
  if (front.is === "proxy") return pass(name, `Behind proxies (${front.format}), for ${url}.`);
  const todo = "Get a new one and put it where VAHVA_CARD_TLS_CERT_FILE says.";
  return checkCertificate(front.cert, { name, host: new URL(url.replace("*", "one")).hostname, url, todo }, now);
}
