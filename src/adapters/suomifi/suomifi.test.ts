import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { startSuomifi } from "../../../test/doubles/suomifi/index.ts";
import { suomifiPeople } from "../../../test/doubles/suomifi/people.ts";
import { makeSuomifiGround, outcome, type SuomifiGround } from "../../../test/grounds/suomifi-ground.ts";
import { makeVisitor } from "../../../test/harness/agent.ts";
import { machineClock } from "../../ports/clock.ts";
import { attributeNames } from "./vocabulary.ts";

describe("identification by Suomi.fi", () => {
  let ground: SuomifiGround;
  before(async () => {
    ground = await makeSuomifiGround();
  });

  test("a request is signed, fresh, in the person's language, and carries nothing but the state", async () => {
    const now = ground.clock.now();
    const departure = await ground.broker.depart({ state: "s-1", language: "fi", means: "x", level: "high", now });
    assert.ok(departure.result === "departs");
    const read = ground.idp.readRequest(departure.url);
    assert.deepEqual([read.relayState, read.language], ["s-1", "fi"]);
    assert.equal(JSON.parse(departure.memory).id, read.requestId);
    assert.match(read.xml, /NameIDPolicy Format="urn:oasis:names:tc:SAML:2\.0:nameid-format:transient"/);
  });

  test("a Finn is identified by the personal identity code", async () => {
    const result = await ground.round();
    assert.ok(result.result === "identified", outcome(result));
    assert.deepEqual(result.identity, { country: "FI", type: "hetu", value: "210281-9988" });
    assert.deepEqual([result.level, result.authenticatedAt], ["substantial", ground.clock.now()]);
  });

  test("somebody with an eID of another country is identified by its identifier", async () => {
    const result = await ground.round({}, suomifiPeople.eidas);
    assert.ok(result.result === "identified", outcome(result));
    assert.deepEqual(result.identity, { country: "DE", type: "eidas", value: "DE/FI/1234567890" });
  });

  for (const cipher of ["aes128-cbc", "aes256-cbc", "aes128-gcm", "aes256-gcm"] as const) {
    test(`an assertion under ${cipher} is read`, async () => {
      assert.equal((await ground.round({ cipher })).result, "identified");
    });
  }

  test("an answer to a key that has been replaced since is read while the key lives", async () => {
    const left = await ground.leave();
    const { xml } = await ground.idp.respondXml(left.to, suomifiPeople.nordea);
    ground.keys.rotateEncryption();
    assert.equal(outcome(await ground.identify(xml, left)), "identified");
    ground.keys.rotateEncryption();
    assert.equal(outcome(await ground.identify(xml, left)), "unreadable");
    ground.idp.register((await ground.broker.metadata?.(ground.clock.now())) ?? "");
  });

  test("in a browser: there to Suomi.fi's page, back with a choice, out and back again", async () => {
    const suomifi = await startSuomifi();
    const { broker, identify } = await makeSuomifiGround({ idp: suomifi, keys: ground.keys, clock: machineClock });
    const wish = { state: "s-1", language: "sv", means: null, level: "substantial", now: new Date() } as const;
    const left = await broker.depart(wish);
    assert.ok(left.result === "departs" && broker.logout);
    const visitor = makeVisitor(suomifi.url);
    const [nordea] = (await visitor.get(left.url)).forms;
    assert.deepEqual([visitor.page().language, nordea?.fields.RelayState], ["sv", "s-1"]);
    const sent = { ...left, state: "s-1", sentAt: wish.now, to: suomifi.readRequest(left.url) };
    const result = await identify({ encoded: nordea?.fields.SAMLResponse ?? "" }, sent);
    assert.ok(result.result === "identified" && result.brokerSession, outcome(result));

    const { brokerSession } = result;
    const out = await broker.logout.request({ brokerSession, state: "s-2", language: "sv", now: new Date() });
    await visitor.get(out.url);
    const back = new URL(visitor.page().links[0]?.href ?? "").search.slice(1);
    assert.ok(await broker.logout.readAnswer(back, { memory: out.memory, now: new Date() }));
    assert.equal((await visitor.get(left.url.replace("RelayState", "Relay"))).status, 400);
    assert.equal(suomifi.refusals.length, 1);
    await suomifi.stop();
  });

  test("an address and an order of non-disclosure go nowhere", async () => {
    const result = await ground.round({}, suomifiPeople.secret);
    assert.ok(result.result === "identified");
    assert.deepEqual(Object.keys(result).sort(), ["authenticatedAt", "brokerSession", "identity", "level", "result"]);
    assert.doesNotMatch(JSON.stringify(result), /Salainen|TURKU|2002\.2/);
  });
});

describe("levels of Suomi.fi's methods", () => {
  const loa3 = "http://ftn.ficora.fi/2017/loa3";
  const oid = "urn:oid:1.2.246.517.3002.110.";
  const methods = [
    ["http://ftn.ficora.fi/2017/loa2", "substantial", "substantial"],
    ["http://eidas.europa.eu/LoA/substantial", "substantial", "substantial"],
    [loa3, "high", "high"],
    ["http://eidas.europa.eu/LoA/high", "high", "high"],
    [`${oid}999`, "substantial", "not-strong"],
    [`${oid}7`, "not-strong", "not-strong"],
    [`${oid}11`, "not-strong", "not-strong"],
    [`${oid}6`, "not-strong", "not-strong"],
    ["http://eidas.europa.eu/LoA/low", "not-strong", "not-strong"],
    ["http://ftn.ficora.fi/2017/loatest2", "not-strong", "not-strong"],
    ["http://ftn.ficora.fi/2017/LOA2", "not-strong", "not-strong"],
    ["__proto__", "not-strong", "not-strong"],
    ["", "not-strong", "not-strong"],
  ] as const;
  for (const environment of ["test", "production"] as const) {
    test(`only strong methods count (${environment})`, async () => {
      const ground = await makeSuomifiGround({ environment });
      for (const [method, inTest, inProduction] of methods) {
        const result = await ground.round({ method });
        const found = result.result === "identified" ? result.level : outcome(result);
        assert.equal(found, environment === "test" ? inTest : inProduction, method);
      }
      assert.equal(outcome(await ground.round({}, suomifiPeople.foreigner)), "not-strong");
    });
  }

  test("less than was asked for is refused, more is taken", async () => {
    const ground = await makeSuomifiGround();
    assert.equal(outcome(await ground.round({}, suomifiPeople.nordea, "high")), "level-too-low");
    assert.equal(outcome(await ground.round({}, suomifiPeople.card, "high")), "identified");
    const narrow = await makeSuomifiGround({ ...ground, settings: { methods: [loa3] } });
    assert.equal(outcome(await narrow.round()), "not-strong");
  });
});

describe("answers without a usable identity", () => {
  const { hetu, eidas } = attributeNames;
  const cases = [
    [{ [hetu]: "210281-9989" }, "malformed-identity"],
    [{ [hetu]: "" }, "malformed-identity"],
    [{ [hetu]: "<b>210281-9988</b>" }, "malformed-identity"],
    [{ [hetu]: ["210281-9988", "010170-999R"] }, "ambiguous-identity"],
    [{ [hetu]: [] }, "no-identity"],
    [{ [hetu]: [], [eidas]: "DE" }, "malformed-identity"],
    [{ [hetu]: [], [eidas]: ["DE/FI/1", "DE/FI/2"] }, "ambiguous-identity"],
  ] as const;
  test("are refused, and nothing of them is told", async () => {
    const ground = await makeSuomifiGround();
    for (const [attributes, reason] of cases) {
      const result = await ground.round({ attributes });
      assert.deepEqual(result, { result: "refused", reason });
    }
  });
});

describe("failures that Suomi.fi tells of", () => {
  const cases = [
    ["AuthnFailed", "cancelled"],
    ["RequestDenied", "request-denied"],
    ["NoAuthnContext", "no-authn-context"],
    ["NoPassive", "no-passive"],
    ["UnknownPrincipal", "unknown-principal"],
    ["InvalidNameIDPolicy", "invalid-name-id-policy"],
    ["VersionMismatch", "version-mismatch"],
    ["RequestUnsupported", "request-unsupported"],
    ["Somethingelse", "unknown-status"],
  ] as const;
  test("are told apart, whichever top-level status they come under", async () => {
    const ground = await makeSuomifiGround();
    for (const top of ["Responder", "Requester"])
      for (const [status, expected] of cases)
        assert.equal(outcome(await ground.round({ status, top })), expected, status);
    assert.equal(outcome(await ground.round({ top: "VersionMismatch" })), "version-mismatch");
  });

  test("are believed only when they are signed, and answer our request", async () => {
    const ground = await makeSuomifiGround();
    const status = "AuthnFailed";
    assert.equal(outcome(await ground.round({ status, signResponse: false })), "unsigned");
    assert.equal(outcome(await ground.round({ status, signedBy: ground.idp.metadataKey })), "not-genuine");
    assert.equal(outcome(await ground.round({ status, responseInResponseTo: "_other" })), "unsolicited");
    assert.equal(
      outcome(await ground.round({ status, response: (xml) => xml.replace(status, "NoPassive") })),
      "not-genuine",
    );
  });
});
