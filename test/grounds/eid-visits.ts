import assert from "node:assert/strict";
import type { Given } from "../../src/features/activation/index.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { answerBroker, type Choice } from "../doubles/ftn-broker/pass-through.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Ground, invitedWithPin, keyOn, makePhone, rightPassword } from "../harness/people.ts";
import { type BrokerName, type EidBrokers, known } from "./eid-brokers.ts";

/** What people do at a service and at its brokers. */
export function eidVisits(service: Ground, { broker }: Pick<EidBrokers, "broker">) {
  const { url } = service;

  /** Stands at the broker's page. */
  async function leaveFor(visitor: Visitor, name: BrokerName): Promise<void> {
    const page = await visitor.submit({}, known[name].press);
    assert.ok(page.url.startsWith(broker(name).origin), describe(page));
  }

  /** The address that the broker leads back to, before it is opened. */
  async function answerAt(visitor: Visitor, choice: Choice): Promise<string> {
    const { url: at, html } = visitor.page();
    return (await answerBroker(at, new Response(html), choice)).url;
  }

  /** To the broker and back: the page that the person then stands at. */
  async function identify(visitor: Visitor, name: BrokerName, choice: Choice | string) {
    await leaveFor(visitor, name);
    return visitor.get(await answerAt(visitor, typeof choice === "string" ? { person: choice } : choice));
  }

  /** An invited person who has shown the PIN. */
  async function withPin(organisation: Organisation, wanted: Given) {
    const visitor = makeVisitor(url);
    const invited = await invitedWithPin(service, organisation, wanted);
    await visitor.get(invited.link);
    await visitor.submit({ pin: invited.pin });
    return { ...invited, visitor };
  }

  /** An invited person who has chosen to activate by eID. */
  async function toChoice(organisation: Organisation, wanted: Given = {}) {
    const invited = await withPin(organisation, wanted);
    const page = await invited.visitor.submit({}, "eid");
    assert.match(page.heading, /Choose your bank/, describe(page));
    return invited;
  }

  return {
    visitor: () => makeVisitor(url),
    leaveFor,
    answerAt,
    identify,
    toChoice,
    /** An active account of `person`, whose browser stands at the confirmation. */
    async activated(organisation: Organisation, person: string, wanted: Given = {}) {
      const invited = await toChoice(organisation, wanted);
      const page = await identify(invited.visitor, "telia", person);
      assert.match(page.heading, /Your account is active/, describe(page));
      return invited;
    },
    /** An active account by password and authenticator app. */
    async activatedByApp(organisation: Organisation, wanted: Given = {}) {
      const invited = await withPin(organisation, wanted);
      const { visitor } = invited;
      await visitor.submit({}, "totp");
      await visitor.submit({ new_password: rightPassword });
      const phone = makePhone(keyOn(visitor.page().html), service.clock);
      const page = await visitor.submit({ code: await phone.code() });
      assert.match(page.heading, /Your account is active/, describe(page));
      return { ...invited, phone };
    },
    /** Somebody who wants to sign in, at the choice of banks. */
    async toSignIn(path: string, visitor: Visitor = makeVisitor(url)): Promise<Visitor> {
      await visitor.get(new URL(path, url).href);
      const page = await visitor.submit({}, "eid");
      assert.match(page.heading, /Choose your bank/, describe(page));
      return visitor;
    },
  };
}
