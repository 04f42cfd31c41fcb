import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { keyToBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { answerBroker } from "../doubles/ftn-broker/pass-through.ts";
import { type Key, softwareAuthenticator } from "../doubles/software-authenticator.ts";
import { describe, makeVisitor, type Page, type Visitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { invitedWithPin, keyOn, makePhone, type Phone, rightPassword } from "../harness/people.ts";
import { openCardService } from "./card-service.ts";
import { knowsBrokers, startBrokers } from "./eid-brokers.ts";
import { optionsOn } from "./passkeys.ts";

/** What is left to be done of a sign-in: the step that would end it. */
export type Last = () => Promise<Page>;
/** Does all but the last step in a browser that stands at a sign-in, whatever its page offers. */
export type Begin = (visitor: Visitor) => Promise<Last>;
export type Holder = Readonly<{ accountId: string; email: string; visitor: Visitor; begin: Begin }>;

/** A method of whom it is linked to, and of somebody to whom nothing is. */
export type Way = Readonly<{
  /** As policies name it. */
  method: "eid" | "totp" | "certificate" | "passkey";
  /** What the audit says when it is nobody's. */
  unknown: string;
  /** An active account that has this method alone, in a browser that is signed in. */
  link(organisation: Organisation): Promise<Holder>;
  stranger: Begin;
}>;

export type EveryMethod = Awaited<ReturnType<typeof openEveryMethod>>;

/** The whole service with everything that people sign in with, in whatever hands: eID, app, hardware token, card, passkey. */
export async function openEveryMethod() {
  const env = { VAHVA_EID_ENVIRONMENT: "test", VAHVA_TRUSTED_PROXIES: "127.0.0.1,::1" };
  const service = await openCardService({ env });
  const { url, clock } = service;
  const brokers = await startBrokers({ url, clock });
  await brokers.addTo(service.features.identityBrokers);
  await eventually(() => knowsBrokers(url));
  const device = softwareAuthenticator({ origin: url });

  let networks = 0;
  /** From a network of its own, so that what one got wrong slows nobody else. */
  const visitor = () => {
    networks += 1;
    return makeVisitor(url, { "x-forwarded-for": `10.1.${networks >> 8}.${networks & 255}` });
  };

  /** Posts a step to the page of the journey, whether or not it is offered there. */
  const send = (at: Visitor, fields: Readonly<Record<string, string>>): Promise<Page> => {
    const { url: address, path } = at.page();
    assert.ok(address.startsWith(url) && path.startsWith("/journey/"), describe(at.page()));
    return at.post(path, { form_token: at.hidden().form_token ?? "", ...fields });
  };
  const choose = (at: Visitor, method: string) => send(at, { step: "choose", method });
  const done =
    (at: Visitor): Last =>
    async () =>
      at.page();

  const eid =
    (person: string, step = "eid"): Begin =>
    async (at) => {
      await choose(at, "eid");
      const page = await send(at, { step, means: "telia oidc.nordea.1" });
      if (page.url.startsWith(url)) return done(at);
      const back = await answerBroker(page.url, new Response(page.html), { person });
      return () => at.get(back.url);
    };

  const card =
    (name: string, step = "certificate"): Begin =>
    async (at) => {
      await choose(at, "certificate");
      const { leadsTo } = await send(at, { step, show: "yes" });
      if (!leadsTo) return done(at);
      return async () => at.get((await service.present(leadsTo, name)).location);
    };

  const passkey =
    (key: Key): Begin =>
    async (at) => {
      const { html } = await choose(at, "passkey");
      const isAsked = html.includes('data-passkey="get"');
      // Nobody asked: whoever holds the key signs all the same.
      const options = isAsked
        ? optionsOn(html)
        : { challenge: randomBytes(32).toString("base64url"), rpId: "localhost" };
      return () => send(at, { step: "passkey", response: device.get(options, key) });
    };

  const codes =
    (username: string, phone: Phone): Begin =>
    async (at) => {
      await choose(at, "totp");
      await send(at, { step: "password", username, password: rightPassword });
      return async () => send(at, { step: "totp", code: await phone.code() });
    };

  /** Somebody who was invited and has shown the PIN. */
  const invited = async (organisation: Organisation) => {
    const at = visitor();
    const { link, pin, email, accountId } = await invitedWithPin(service, organisation);
    await at.get(link);
    await at.submit({ pin });
    return { visitor: at, email, accountId };
  };
  const active = (at: Visitor): void => {
    assert.match(at.page().heading, /Your account is active/, describe(at.page()));
  };

  const byStep =
    (make: (step?: string) => Begin, step: string) =>
    async (organisation: Organisation): Promise<Holder> => {
      const person = await invited(organisation);
      await (await make(step)(person.visitor))();
      active(person.visitor);
      return { ...person, begin: make() };
    };

  const linkPasskey = async (organisation: Organisation): Promise<Holder> => {
    const person = await invited(organisation);
    const page = await choose(person.visitor, "passkey");
    const { key, response } = device.create(optionsOn(page.html));
    await send(person.visitor, { step: "passkey-link", response });
    active(person.visitor);
    return { ...person, begin: passkey(key) };
  };

  const linkCodes = async (organisation: Organisation, token?: { serial: string; key: string }): Promise<Holder> => {
    const person = await invited(organisation);
    await choose(person.visitor, "totp");
    await person.visitor.submit({ new_password: rightPassword });
    const phone = makePhone(token?.key ?? keyOn(person.visitor.page().html), clock);
    await person.visitor.submit({ ...(token && { serial: token.serial }), code: await phone.code() });
    active(person.visitor);
    return { ...person, begin: codes(person.email, phone) };
  };

  let tokens = 0;
  const linkToken = async (organisation: Organisation): Promise<Holder> => {
    tokens += 1;
    const token = { serial: `00${8659640000 + tokens}`, key: keyToBase32(randomBytes(20)) };
    const rows = (async function* () {
      yield Buffer.from(`${token.serial};${token.key}\n`);
    })();
    const options = { organisation, dryRun: false, onError: "stop-all", replace: false } as const;
    const file = { format: "auto", encoding: null, actor: "operator" } as const;
    const report = await service.features.tokens.importTokens(rows, { ...options, ...file });
    assert.equal(report.imported, 1, JSON.stringify(report));
    return linkCodes(organisation, token);
  };

  const nobodysKey = device.create({ challenge: "", rp: { id: "localhost" }, user: { id: "bm9ib2R5" } }).key;
  const nobodysPhone = makePhone(keyToBase32(randomBytes(20)), clock);
  const nobodysCodes = codes("nobody@koivula.example", nobodysPhone);
  const ways: Readonly<Record<string, Way>> = {
    eID: {
      method: "eid",
      unknown: "eid.not-linked",
      link: byStep((step) => eid("tero", step), "eid-link"),
      stranger: eid("korhonen"),
    },
    "authenticator app": { method: "totp", unknown: "password.refused", link: linkCodes, stranger: nobodysCodes },
    "hardware token": { method: "totp", unknown: "password.refused", link: linkToken, stranger: nobodysCodes },
    "certificate card": {
      method: "certificate",
      unknown: "certificate.not-linked",
      link: byStep((step) => card("ec", step), "certificate-link"),
      stranger: card("rsa"),
    },
    passkey: {
      method: "passkey",
      unknown: "passkey.refused",
      link: linkPasskey,
      stranger: passkey(nobodysKey),
    },
  };

  /** All but the last step of linking a passkey more, in a browser that has just signed in. */
  const linkMore: Begin = async (at) => {
    await at.get(`${url}/account`);
    const page = await at.post("/account/link", { form_token: at.hidden().form_token ?? "", method: "passkey" });
    const { response } = device.create(optionsOn(page.html, "create"));
    return () => send(at, { step: "passkey-link", response });
  };

  return {
    ...service,
    visitor,
    linkMore,
    ways,
    close: async () => {
      await brokers.stop();
      await service.close();
    },
  };
}
