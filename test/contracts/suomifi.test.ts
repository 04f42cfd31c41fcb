import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { IdentityBroker } from "../../src/ports/identity-broker.ts";
import type { suomifiPeople } from "../doubles/suomifi/people.ts";
import { makeRelyingPartyKeys } from "../doubles/suomifi/relying-party-keys.ts";
import {
  noSimpleSamlPhp,
  password,
  startSimpleSamlPhp,
  type TestSimpleSamlPhp,
} from "../doubles/suomifi/simplesamlphp.ts";
import { connectSuomifi, outcome } from "../grounds/suomifi-ground.ts";
import { makeVisitor } from "../harness/agent.ts";

const publicUrl = "https://id.example.fi";
const base = `${publicUrl}/eid/suomifi`;

for (const gcm of [false, true]) {
  describe(`SimpleSAMLphp, ${gcm ? "AES-256-GCM" : "AES-128-CBC"}`, { skip: noSimpleSamlPhp() }, () => {
    const keys = makeRelyingPartyKeys();
    let provider: TestSimpleSamlPhp;
    let broker: IdentityBroker;
    before(async () => {
      provider = await startSimpleSamlPhp({ gcm });
      broker = connectSuomifi({ idpMetadata: provider.metadata }, { publicUrl, keys });
      const [signing, encryption] = await keys.published();
      assert.ok(signing && encryption);
      provider.register({
        entityId: `${base}/metadata`,
        acsUrl: `${base}/acs`,
        logoutUrl: `${base}/logout`,
        signing: signing.certificate,
        encryption: encryption.certificate,
      });
    });
    after(() => provider?.stop());

    const leave = async () => {
      const now = new Date();
      const departure = await broker.depart({ state: "s-1", language: "fi", means: null, level: "substantial", now });
      assert.ok(departure.result === "departs");
      return { ...departure, sentAt: now };
    };
    /** A person signs in there; what their browser would post to us. */
    const signIn = async (url: string, person: keyof typeof suomifiPeople) => {
      const visitor = makeVisitor(provider.url);
      await visitor.get(url);
      await visitor.submit({ username: person, password });
      return { visitor, form: visitor.hidden({ SAMLResponse: "", RelayState: "" }) };
    };
    const identify = (form: Readonly<Record<string, string>>, { memory, sentAt }: { memory: string; sentAt: Date }) =>
      broker.identify(form, { memory, state: "s-1", sentAt, language: "fi", level: "substantial", now: new Date() });

    test("a person is identified; who it is does not travel in the clear", async () => {
      const left = await leave();
      const { form } = await signIn(left.url, "nordea");
      const result = await identify(form, left);
      assert.ok(result.result === "identified", outcome(result));
      assert.deepEqual(result.identity, { country: "FI", type: "hetu", value: "210281-9988" });
      assert.equal(result.level, "substantial");
      assert.equal(form.RelayState, "s-1");
      const xml = Buffer.from(form.SAMLResponse ?? "", "base64").toString();
      assert.doesNotMatch(xml, /210281|Demo/);
      assert.match(xml, gcm ? /xmlenc11#aes256-gcm/ : /xmlenc#aes128-cbc/);
    });

    test("a request without a signature, or with a changed one, is refused there", async () => {
      const { url } = await leave();
      const bare = new URL(url);
      for (const name of ["Signature", "SigAlg"]) bare.searchParams.delete(name);
      const changed = url.replace("RelayState=s-1", "RelayState=s-2");
      assert.notEqual(changed, url);
      for (const wrong of [bare.href, changed]) {
        const page = await makeVisitor(provider.url).get(wrong);
        assert.match(page.heading, /exception/i);
        assert.equal(
          page.forms.some(({ fields }) => "password" in fields),
          false,
        );
      }
    });

    test("T56 an answer is for the request that it answers, and no other", async () => {
      const left = await leave();
      const { form } = await signIn(left.url, "nordea");
      assert.equal(outcome(await identify(form, await leave())), "unsolicited");
      assert.equal(outcome(await identify(form, left)), "identified");
    });

    test("a changed answer is refused", async () => {
      const left = await leave();
      const { form } = await signIn(left.url, "nordea");
      const xml = Buffer.from(form.SAMLResponse ?? "", "base64").toString();
      const cipherValues = [...xml.matchAll(/<xenc:CipherValue>([^<]+)/g)].map(([, value = ""]) => value);
      const longest = cipherValues.reduce((one, other) => (one.length > other.length ? one : other));
      const flipped = `${longest.slice(0, 200)}${longest[200] === "A" ? "B" : "A"}${longest.slice(201)}`;
      const changes = [
        xml.replace(longest, flipped),
        xml.replace(/<ds:Signature[\s\S]*?<\/ds:Signature>/, ""),
        xml.replace("status:Success", "status:Requester"),
      ];
      for (const changed of changes) {
        assert.notEqual(changed, xml);
        const SAMLResponse = Buffer.from(changed).toString("base64");
        assert.equal((await identify({ ...form, SAMLResponse }, left)).result, "refused");
      }
    });

    test("we sign out there", async () => {
      const left = await leave();
      const { form, visitor } = await signIn(left.url, "card");
      const result = await identify(form, left);
      assert.ok(result.result === "identified" && result.brokerSession && broker.logout);
      const now = new Date();
      const { brokerSession } = result;
      const gone = await broker.logout.request({ brokerSession, state: "s-2", language: "sv", now });
      const leadsTo = (await visitor.get(gone.url)).leadsTo ?? "";
      assert.ok(leadsTo.startsWith(`${base}/logout?SAMLResponse=`), visitor.page().heading);
      assert.equal(new URL(leadsTo).searchParams.get("RelayState"), "s-2");
      const query = new URL(leadsTo).search.slice(1);
      assert.equal(await broker.logout.readAnswer(query, { memory: gone.memory, now: new Date() }), true);
      const other = JSON.stringify({ id: "_other" });
      assert.equal(await broker.logout.readAnswer(query, { memory: other, now: new Date() }), false);
      // Whoever had been signed in there would not be asked for a password again.
      const page = await visitor.get((await leave()).url);
      assert.ok(page.forms.some(({ fields }) => "password" in fields));
    });

    test("it signs out here", async () => {
      const left = await leave();
      const { form, visitor } = await signIn(left.url, "nordea");
      const result = await identify(form, left);
      assert.ok(result.result === "identified" && result.brokerSession && broker.logout);
      const address = `/saml2/idp/SingleLogoutService.php?ReturnTo=${provider.url}/saml2/idp/metadata.php`;
      const leadsTo = (await visitor.get(address)).leadsTo ?? "";
      assert.ok(leadsTo.startsWith(`${base}/logout?SAMLRequest=`), visitor.page().heading);
      const request = await broker.logout.readRequest(new URL(leadsTo).search.slice(1), new Date());
      assert.ok(request);
      assert.equal(broker.logout.key(request.brokerSession), broker.logout.key(result.brokerSession));
      const page = await visitor.get(await broker.logout.answer(request.memory, new Date()));
      assert.equal(new URL(page.url).pathname, "/saml2/idp/metadata.php");
    });
  });
}
