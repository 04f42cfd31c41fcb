import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { IdpSession, LogoutChanges } from "../../../test/doubles/suomifi/idp.ts";
import { suomifiPeople } from "../../../test/doubles/suomifi/people.ts";
import { attributeIn, textIn } from "../../../test/doubles/suomifi/redirects.ts";
import { makeSuomifiGround, type SuomifiGround } from "../../../test/grounds/suomifi-ground.ts";
import { minutes, plus } from "../../kernel/time.ts";
import type { BrokerLogout } from "../../ports/identity-broker.ts";

let ground: SuomifiGround;
let logout: BrokerLogout;
let session: IdpSession;
let brokerSession: string;
before(async () => {
  ground = await makeSuomifiGround();
  const { broker, idp } = ground;
  assert.ok(broker.logout);
  logout = broker.logout;
  const left = await ground.leave();
  const answer = await idp.respondXml(left.to, suomifiPeople.nordea);
  const result = await ground.identify(answer.xml, left);
  assert.ok(result.result === "identified" && result.brokerSession);
  ({ session } = answer);
  ({ brokerSession } = result);
});
const now = () => ground.clock.now();
const read = (query: string) => logout.readRequest(query, now());

describe("logout that we ask for", () => {
  test("names the session as it was told, in the person's language, and comes back with the state", async () => {
    const departure = await logout.request({ brokerSession, state: "s-9", language: "sv", now: now() });
    const { xml, relayState, kind } = ground.idp.readLogout(departure.url);
    assert.ok(departure.url.startsWith(`${ground.idp.url}/slo?SAMLRequest=`));
    assert.deepEqual([kind, relayState, textIn(xml, "LG")], ["SAMLRequest", "s-9", "sv"]);
    assert.deepEqual([textIn(xml, "NameID"), textIn(xml, "SessionIndex")], [session.nameId, session.sessionIndex]);
    assert.equal(attributeIn(xml, "NameID", "NameQualifier"), ground.idp.entityId);
    assert.equal(attributeIn(xml, "NameID", "SPNameQualifier"), "https://id.example.fi/eid/suomifi/metadata");
    assert.equal(attributeIn(xml, "LogoutRequest", "Destination"), `${ground.idp.url}/slo`);

    const { memory } = departure;
    const id = attributeIn(xml, "LogoutRequest", "ID");
    const answer = ground.idp.logoutResponse(id, {}, "s-9");
    assert.equal(await logout.readAnswer(answer, { memory, now: now() }), true);
    const wrong = [
      ground.idp.logoutResponse("_other", {}, "s-9"),
      ground.idp.logoutResponse(id, { signedBy: ground.idp.metadataKey }),
      ground.idp.logoutResponse(id, { issuer: "https://other.example/idp1" }),
      ground.idp.logoutResponse(id, { destination: "https://other.example.fi/eid/suomifi/logout" }),
      ground.idp.logoutResponse(id, { issuedAt: -10 }),
      ground.idp.logoutRequest(session),
      answer.replace("SAMLResponse", "SAMLRequest"),
      "",
    ];
    for (const query of wrong) assert.equal(await logout.readAnswer(query, { memory, now: now() }), false);
    assert.equal(await logout.readAnswer(answer, { memory: "{}", now: now() }), false);
  });
});

describe("T60 logout that Suomi.fi asks for", () => {
  test("T60 a genuine request names exactly that session, and is answered", async () => {
    const request = await read(ground.idp.logoutRequest(session, {}, "relay me"));
    assert.ok(request);
    assert.equal(logout.key(request.brokerSession), logout.key(brokerSession));
    const other = await read(ground.idp.logoutRequest({ ...session, sessionIndex: "_other" }));
    assert.ok(other);
    assert.notEqual(logout.key(other.brokerSession), logout.key(brokerSession));

    const answer = ground.idp.readLogout(await logout.answer(request.memory, now()));
    assert.deepEqual([answer.kind, answer.relayState], ["SAMLResponse", "relay me"]);
    assert.equal(attributeIn(answer.xml, "LogoutResponse", "InResponseTo"), request.messageId);
    assert.match(answer.xml, /status:Success"\/><samlp:StatusMessage>Successfully logged out from service</);
  });

  test("T60 a replay is known by its identifier until it can't be believed any more", async () => {
    const query = ground.idp.logoutRequest(session);
    const [first, again] = [await read(query), await read(query)];
    assert.ok(first && again);
    assert.equal(first.messageId, again.messageId);
    assert.equal(await logout.readRequest(query, first.expiresAt), null);
    assert.ok(await logout.readRequest(query, new Date(first.expiresAt.getTime() - 1)));
  });

  const changes: readonly (readonly [string, LogoutChanges, boolean])[] = [
    ["as it should be", {}, true],
    ["of another issuer", { issuer: "https://other.example/idp1" }, false],
    ["for another destination", { destination: "https://other.example.fi/eid/suomifi/logout" }, false],
    ["without a destination", { xml: (xml) => xml.replace(/ Destination="[^"]*"/, "") }, false],
    ["without an identifier", { xml: (xml) => xml.replace(/ ID="[^"]*"/, "") }, false],
    ["of two minutes ago", { issuedAt: -2 }, true],
    ["of long ago", { issuedAt: -9 }, false],
    ["of two minutes to come", { issuedAt: 2 }, true],
    ["of six minutes to come", { issuedAt: 6 }, false],
    ["without a SessionIndex", { sessionIndex: null }, false],
    [
      "of two sessions",
      { xml: (xml) => xml.replace(/<samlp:SessionIndex>.*<\/samlp:SessionIndex>/, (one) => one + one) },
      false,
    ],
    ["of two people", { xml: (xml) => xml.replace(/<saml:NameID>.*<\/saml:NameID>/, (one) => one + one) }, false],
    ["with a comment in the NameID", { xml: (xml) => xml.replace("AAdz", "AA<!---->dz") }, false],
    ["with a document type", { xml: (xml) => `<!DOCTYPE x>${xml}` }, false],
    ["of no SAML", { xml: () => "<x/>" }, false],
  ];
  for (const [name, given, isGood] of changes) {
    test(`T60 a request ${name}: ${isGood ? "believed" : "refused"}`, async () => {
      const request = await read(ground.idp.logoutRequest(session, given));
      assert.equal(request !== null, isGood);
    });
  }

  test("T60 the provider's next key is believed as well, a stranger's is not", async () => {
    const { nextKey, metadataKey } = ground.idp;
    assert.ok(await read(ground.idp.logoutRequest(session, { signedBy: nextKey })));
    assert.equal(await read(ground.idp.logoutRequest(session, { signedBy: metadataKey })), null);
  });

  const at = (offset: number) => plus(now(), minutes(offset)).toISOString();
  test("T60 a request that tells its end is believed until then, and never for long", async () => {
    const until = (end: string): LogoutChanges => ({ xml: (xml) => xml.replace(" ID=", ` NotOnOrAfter="${end}" ID=`) });
    assert.equal(await read(ground.idp.logoutRequest(session, until(at(-6)))), null);
    assert.equal(await read(ground.idp.logoutRequest(session, until("soon"))), null);
    const long = await read(ground.idp.logoutRequest(session, until(at(600))));
    assert.ok(long && long.expiresAt <= plus(now(), minutes(8)));
  });

  test("T60 what is signed is the query as it came: nothing may be left out, twice, in disguise or written otherwise", async () => {
    const good = ground.idp.logoutRequest(session, {}, "a b");
    const evil = ground.idp.logoutRequest({ nameId: "evil", sessionIndex: "evil" }, {}, "a b");
    const value = (query: string, name: string) => new RegExp(`(?:^|&)(${name}=[^&]*)`).exec(query)?.[1] ?? "";
    const message = value(good, "SAMLRequest");
    const forged = value(evil, "SAMLRequest");
    const signature = value(good, "Signature");
    const lowered = good.replace(/%[0-9A-F]{2}/, (escaped) => escaped.toLowerCase());
    const wrong: Record<string, string> = {
      "no signature": good.replace(/&Signature=.*/, ""),
      "an empty signature": good.replace(/&Signature=.*/, "&Signature="),
      "no algorithm": good.replace(/&SigAlg=[^&]*/, ""),
      "another algorithm": good.replace("rsa-sha256", "rsa-sha1"),
      "an algorithm of the runtime's": good.replace(/SigAlg=[^&]*/, "SigAlg=__proto__"),
      "another message": good.replace(message, forged),
      "the message twice": `${good}&${message}`,
      "a forged message before it": `${forged}&${good}`,
      "a forged message after it": `${good}&${forged}`,
      "a forged message in disguise": `${good}&${forged.replace("SAMLRequest", "SAMLReques%74")}`,
      "its name in disguise": good.replace("SAMLRequest", "%53AMLRequest"),
      "a response besides": `${good}&${forged.replace("SAMLRequest", "SAMLResponse")}`,
      "another RelayState": good.replace("a%20b", "a%20c"),
      "RelayState written otherwise": good.replace("a%20b", "a+b"),
      "RelayState left out": good.replace("&RelayState=a%20b", ""),
      "RelayState twice": `${good}&RelayState=a%20b`,
      "RelayState that was not there": ground.idp.logoutRequest(session).replace("&SigAlg", "&RelayState=x&SigAlg"),
      "a signature twice": `${good}&${signature}`,
      "escapes in small letters": lowered,
      "another encoding": `${good}&SAMLEncoding=x`,
      "a broken escape": `${good}&x=%&%=1`,
      "a stranger's whole": ground.idp.logoutRequest(session, { signedBy: ground.idp.metadataKey }),
    };
    assert.ok(await read(good));
    assert.ok(await read(`?${good}&other=1`), "what SAML does not know is none of its business");
    assert.notEqual(lowered, good);
    for (const [name, query] of Object.entries(wrong)) assert.equal(await read(query), null, name);
  });
});

describe("T61 RelayState", () => {
  const hostile = [
    "javascript:alert(1)",
    "//evil.example",
    'https://evil.example/"><script>alert(1)</script>',
    "\r\nLocation: x",
  ];
  test("T61 leads nowhere: it goes back to Suomi.fi's own address, as a value", async () => {
    for (const relayState of hostile) {
      const request = await read(ground.idp.logoutRequest(session, {}, relayState));
      assert.ok(request);
      const url = await logout.answer(request.memory, now());
      assert.equal(new URL(url).origin, new URL(ground.idp.url).origin);
      assert.doesNotMatch(url, /[<>"\s]|javascript:|\/\/evil/);
      assert.equal(ground.idp.readLogout(url).relayState, relayState);
    }
  });

  test("T61 beside an answer it changes nothing", async () => {
    for (const RelayState of hostile) {
      const left = await ground.leave();
      const { xml } = await ground.idp.respondXml(left.to, suomifiPeople.nordea);
      const sent = { ...left, language: "fi", level: "substantial", now: now() } as const;
      const answer = { SAMLResponse: Buffer.from(xml).toString("base64"), RelayState };
      const result = await ground.broker.identify(answer, sent);
      assert.equal(result.result, "identified");
      assert.doesNotMatch(JSON.stringify(result), /evil|javascript/);
    }
  });
});
