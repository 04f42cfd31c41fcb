import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { cardFront, makeCards } from "../../cards.ts";
import type { Config } from "../../config.ts";
import { between, days, type Instant, plus, seconds } from "../../kernel/time.ts";
import { advice, type Check, fail, pass, wordsOf } from "./check.ts";

const longestWait = seconds(10);
const soon = days(14);

/** Whether the authorities of certificate cards hold and answer, and how long the card listener's own certificate lasts. */
export async function checkCards(config: Config, now: Instant): Promise<Check[]> {
  if (!config.cards) return [];
  try {
    const cards = makeCards(config);
    const inspected = cards?.checker.inspect(now) ?? [];
    const found = await Promise.race([inspected, sleep(longestWait, null, { ref: false })]);
    return [checkCertificate(config.cards, now), ...(found ? found.map(toCheck) : [silence])];
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

function checkCertificate(cards: NonNullable<Config["cards"]>, now: Instant): Check {
  const name = "Card listener";
  const front = cardFront(cards);
  if (front.is === "proxy") return pass(name, `Behind proxies (${front.format}), for ${cards.url}.`);
  const { validToDate, checkHost } = read(front.cert);
  const todo = "Get a new one and put it where VAHVA_CARD_TLS_CERT_FILE says.";
  const host = new URL(cards.url.replace("*", "one")).hostname;
  if (!checkHost(host)) return fail(name, `Its TLS certificate is not for ${new URL(cards.url).hostname}.`, todo);
  if (validToDate <= now) return fail(name, "Its TLS certificate has expired.", todo);
  const left = Math.floor(between(now, validToDate) / days(1));
  return validToDate <= plus(now, soon)
    ? advice(name, `Its TLS certificate expires in ${left} days.`, todo)
    : pass(name, `Its TLS certificate is good for ${left} days, for ${cards.url}.`);
}

function read(pem: string) {
  const certificate = new X509Certificate(pem);
  return {
    validToDate: certificate.validToDate,
    checkHost: (host: string) => certificate.checkHost(host) !== undefined,
  };
}
