import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { InboxMessage } from "../../src/adapters/demo-inbox/index.ts";
import type { Given, Invited } from "../../src/features/activation/index.ts";
import { type CodeParameters, usualParameters } from "../../src/features/authenticators/totp/domain/code.ts";
import { codeAt, keyFromBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { describe, makeVisitor, type Visitor } from "./agent.ts";
import { part } from "./parts.ts";
import { type MovableClock, type Service, until } from "./service.ts";

export const rightPassword = "kolme vihreää sammakkoa";

/** What helpers here need of a service: one in this process gives it all. */
export type Ground = Pick<Service, "url" | "features" | "clock" | "inbox">;

const actor = "operator";

/** An organisation with a home on this machine, unless `settings` say otherwise. */
export async function makeOrganisation(
  { features, url }: Ground,
  slug = "koivula",
  settings: object = {},
): Promise<Organisation> {
  const result = await features.organisations.createOrganisation(
    {
      slug,
      name: { fi: "Koivula Oy", sv: "Koivula Ab", en: "Koivula Ltd" },
      support: [{ kind: "general", phone: "+358 10 555 0100", email: "tuki@koivula.example" }],
      home: { url: `${url}/account`, name: { fi: "Omat tiedot", sv: "Mina uppgifter", en: "My page" } },
      ...settings,
    },
    { actor },
  );
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.organisation;
}

let people = 0;

/** Invites somebody new; the messages are on their way when it resolves. */
export async function invite(
  { features }: Pick<Ground, "features">,
  organisation: Organisation,
  given: Given = {},
): Promise<Invited & { email: string }> {
  people += 1;
  const email = `person${people}@koivula.example`;
  const whole = {
    givenName: "Aino",
    familyName: "Virtanen",
    language: "en",
    email,
    phone: `+35840${1_000_000 + people}`,
  };
  const result = await features.inviting.invite(organisation, { ...whole, ...given }, { actor });
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return { ...result, email: given.email ?? email };
}

/** The latest PIN of six digits that went to `phone`, once there are `count` of them. */
export const pinTo = (ground: Pick<Ground, "inbox">, phone: string, count = 1): Promise<string> =>
  wordsTo(ground, phone, /\b\d{6}\b/, count);

/** The latest temporary password that went to `phone`, once there are `count` of them. */
export const temporaryTo = (ground: Pick<Ground, "inbox">, phone: string, count = 1): Promise<string> =>
  wordsTo(ground, phone, /^(?:\w{4}-){3}\w{4}$/m, count);

/** The latest link for activating that went to `email`, once there are `count` of them. */
export const linkTo = (ground: Pick<Ground, "inbox">, email: string, count = 1): Promise<string> =>
  wordsTo(ground, email, activationLink, count);

const activationLink = /https?:\/\/\S+\/activate\/[\w-]+/;
export const linkIn = (text: string): string => activationLink.exec(text)?.[0] ?? "";

/** What `sought` finds in the latest message to an address or number that has it, once there are `count` of them. */
export async function wordsTo(ground: Pick<Ground, "inbox">, to: string, sought: RegExp, count = 1): Promise<string> {
  const [latest] = await messagesTo(ground, to, count, sought);
  return sought.exec(latest?.text ?? "")?.[0] ?? "";
}

/**
 * What went to an address or number and says `sought` in its subject or text, the latest first, once there are `count` of
 * them. What is sent at one time arrives in any order, so that a message is known by what it says, never by its place.
 */
export const messagesTo = (
  { inbox }: Pick<Ground, "inbox">,
  to: string,
  count = 1,
  sought = /./,
): Promise<InboxMessage[]> =>
  until(async () => {
    const sent = (await inbox()).filter(
      (message) => message.to === to && (sought.test(message.text) || sought.test(message.subject ?? "")),
    );
    return sent.length >= count && sent;
  }, `${count} messages to ${to} with ${sought}`);

/** The key of an authenticator app, as the page shows it for typing. */
export const keyOn = (html: string): string => {
  const shown = /<p class="key">([\s\S]*?)<\/p>/.exec(html)?.[1] ?? "";
  return shown.replace(/<[^>]+>/g, "").replace(/[^A-Z2-7]/g, "");
};

export type Phone = ReturnType<typeof makePhone>;

/**
 * An authenticator app, or with `parameters` a hardware token, whose clock is `off` by so many steps: `code` gives one that
 * the service takes and that it has not had yet, waiting for (or moving a movable clock to) the next when need be; `shown`
 * gives what it shows now, or so many steps away from now.
 */
export function makePhone(
  key: string,
  clock: Clock & { advance?: (duration: number) => void },
  { parameters = usualParameters, off = 0 }: { parameters?: CodeParameters; off?: number } = {},
) {
  let last = 0;
  const length = parameters.period * 1000;
  const stepNow = () => Math.floor(clock.now().getTime() / length);
  return {
    key,
    shown: (steps = 0): string => oneTimeCode(key, stepNow() + off + steps, parameters),
    async code(): Promise<string> {
      const next = Math.max(last + 1, stepNow());
      while (next > stepNow() + 1) {
        if (clock.advance) clock.advance(length);
        else await sleep(500);
      }
      last = next;
      return oneTimeCode(key, next + off, parameters);
    },
  };
}

/** Turns the clock to where a code has just begun, so that what shows now still does when it is judged. */
export function toNextCode(clock: MovableClock): void {
  const length = usualParameters.period * 1000;
  clock.advance(length - (clock.now().getTime() % length));
}

/** By oathtool, an implementation that is not ours, where there is one. */
function oneTimeCode(key: string, step: number, parameters: CodeParameters): string {
  const tool = part("oathtool");
  if ("missing" in tool) return codeAt(keyFromBase32(key) ?? Buffer.alloc(0), parameters, step);
  const { algorithm, digits, period } = parameters;
  const kind = [`--totp=${algorithm.toLowerCase()}`, "-d", String(digits), "-s", `${period}s`];
  const { stdout } = spawnSync(tool.path, [...kind, "-b", "-N", `@${step * period}`, key], { encoding: "utf8" });
  return stdout.trim();
}

export type Activated = { email: string; accountId: string; link: string; pin: string; phone: Phone; visitor: Visitor };

/** From an invitation to an active account by password and authenticator app; `visitor` stands at the confirmation. */
export async function activatedAccount(
  service: Ground,
  organisation: Organisation,
  given: Given = {},
  visitor: Visitor = makeVisitor(service.url),
): Promise<Activated> {
  const { number, email, accountId, link, pin } = await invitedWithPin(service, organisation, given);
  await visitor.get(link);
  await visitor.submit({ pin });
  await visitor.submit({ new_password: rightPassword });
  const phone = makePhone(keyOn(visitor.page().html), service.clock);
  const done = await visitor.submit({ code: await phone.code() });
  if (!visitor.cookies().some(({ name }) => name.endsWith("vahva_session")))
    throw new Error(`${number} was not activated: ${describe(done)}`);
  return { email, accountId, link, pin, phone, visitor };
}

/** Invites somebody and reads both messages. */
export async function invitedWithPin(service: Ground, organisation: Organisation, given: Given = {}) {
  const number = given.phone ?? `+35840${2_000_000 + people + 1}`;
  const invited = await invite(service, organisation, { ...given, phone: number });
  const [link, pin] = await Promise.all([linkTo(service, invited.email), pinTo(service, number)]);
  return { ...invited, number, link, pin };
}

/** Password and code, from the page with the user name on. */
export async function signInHere(visitor: Visitor, { email, phone }: Pick<Activated, "email" | "phone">) {
  await visitor.submit({ username: email, password: rightPassword });
  return visitor.submit({ code: await phone.code() });
}
