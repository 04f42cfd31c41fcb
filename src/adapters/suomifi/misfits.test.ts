import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { makeRsaCertificate } from "../../../test/doubles/certificate.ts";
import { makeSuomifiIdp } from "../../../test/doubles/suomifi/idp.ts";
import { suomifiPeople } from "../../../test/doubles/suomifi/people.ts";
import type { Changes } from "../../../test/doubles/suomifi/response.ts";
import {
  connectSuomifi,
  makeSuomifiGround,
  outcome,
  type SuomifiGround,
  suomifiSettings,
} from "../../../test/grounds/suomifi-ground.ts";
import { days, plus } from "../../kernel/time.ts";
import { fakeClock } from "../../ports/clock.ts";
import { suomifiKind } from "./index.ts";

describe("T57 what an answer must fit", () => {
  let ground: SuomifiGround;
  before(async () => {
    ground = await makeSuomifiGround();
  });
  const foreign = "https://other.example.fi/eid/suomifi";
  const cases: readonly (readonly [string, Changes, string])[] = [
    ["another audience", { audience: `${foreign}/metadata` }, "wrong-audience"],
    ["our audience in other letters", { audience: "https://ID.example.fi/eid/suomifi/metadata" }, "wrong-audience"],
    ["no audience", { assertionDraft: (xml) => without(xml, "AudienceRestriction") }, "wrong-audience"],
    [
      "an audience besides that leaves us out",
      { moreConditions: `<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction>` },
      "wrong-audience",
    ],
    ["a condition that nobody knows", { moreConditions: "<saml:Condition/>" }, "malformed"],
    ["another recipient", { recipient: `${foreign}/acs` }, "wrong-recipient"],
    ["another destination", { destination: `${foreign}/acs` }, "wrong-destination"],
    ["another issuer", { issuer: "https://other.example/idp1" }, "wrong-issuer"],
    ["another request", { inResponseTo: "_other" }, "unsolicited"],
    ["another request around it", { responseInResponseTo: "_other" }, "unsolicited"],
    ["unsolicited", { inResponseTo: null, responseInResponseTo: null }, "unsolicited"],
    ["unsolicited inside", { inResponseTo: null }, "unsolicited"],
    ["unsolicited around it", { responseInResponseTo: null }, "unsolicited"],
    ["two minutes too late", { notOnOrAfter: -2 }, "identified"],
    ["six minutes too late", { notOnOrAfter: -6 }, "wrong-time"],
    ["two minutes too early", { notBefore: 2 }, "identified"],
    ["six minutes too early", { notBefore: 6 }, "wrong-time"],
    ["a clock that is two minutes ahead", { issuedAt: 2, authenticatedAt: 2, notBefore: 2 }, "identified"],
    ["a clock that is six minutes ahead", { issuedAt: 6 }, "wrong-time"],
    ["a clock that is two minutes behind", { issuedAt: -2, authenticatedAt: -2 }, "identified"],
    ["made before it was asked for", { issuedAt: -6 }, "wrong-time"],
    ["an authentication of long ago", { authenticatedAt: -6 }, "stale-authentication"],
    ["an authentication to come", { authenticatedAt: 6 }, "stale-authentication"],
    ["no end in the confirmation", { assertionDraft: (xml) => xml.replace(/ NotOnOrAfter="[^"]*"/, "") }, "unreadable"],
    [
      "an end that is no moment",
      { assertionDraft: (xml) => xml.replace(/(NotOnOrAfter)="[^"]*"/, '$1="never"') },
      "unreadable",
    ],
    ["no conditions", { assertionDraft: (xml) => without(xml, "Conditions") }, "malformed"],
    ["no confirmation", { assertionDraft: (xml) => without(xml, "SubjectConfirmation") }, "malformed"],
    ["a confirmation by a key", { assertionDraft: (xml) => xml.replace("cm:bearer", "cm:holder-of-key") }, "malformed"],
    ["no statement", { assertionDraft: (xml) => without(xml, "AuthnStatement") }, "stale-authentication"],
    ["another version", { assertionDraft: (xml) => xml.replace('Version="2.0"', 'Version="1.1"') }, "malformed"],
  ];
  const without = (xml: string, element: string): string =>
    xml.replace(new RegExp(`<saml:${element}\\b.*</saml:${element}>`, "s"), "");

  for (const [name, changes, expected] of cases) {
    test(`T57 ${name}: ${expected}`, async () => {
      const result = await ground.round(changes);
      assert.equal(outcome(result), expected);
    });
  }

  test("T57 what stands around the assertion is signed as well", async () => {
    const pens = [/IssueInstant="[^"]*"/, /Destination="[^"]*"/, /InResponseTo="[^"]*"/, /status:Success/];
    for (const pattern of pens) {
      const other = (last: string) => (last === "0" ? "1" : "0");
      const response = (xml: string) => xml.replace(pattern, (found) => found.replace(/.(?="?$)/, other));
      assert.equal(outcome(await ground.round({ response })), "not-genuine");
    }
  });

  test("T56 an answer to one request is not one to another", async () => {
    const [mine, theirs] = [await ground.leave(), await ground.leave()];
    const { xml } = await ground.idp.respondXml(theirs.to, suomifiPeople.nordea);
    assert.equal(outcome(await ground.identify(xml, mine)), "unsolicited");
    assert.equal(outcome(await ground.identify(xml, { ...theirs, memory: "{}" })), "malformed");
    assert.equal(outcome(await ground.identify(xml, theirs)), "identified");
  });
});

describe("T58 signatures are demanded in code", () => {
  const wrongs: readonly (readonly [string, Changes, string])[] = [
    ["no signature of the response", { signResponse: false }, "unsigned"],
    ["no signature of the assertion", { signAssertion: false }, "not-genuine"],
    ["no signature at all", { signResponse: false, signAssertion: false }, "unsigned"],
    ["no encryption", { encrypt: false }, "not-encrypted"],
  ];
  const lax = ' WantAuthnRequestsSigned="false" WantAssertionsSigned="false"';
  const clock = fakeClock();

  for (const [name, metadata] of [
    ["whose certificates don't say what they are for", { use: "" }],
    ["that would not have anything signed", { more: lax }],
    ["with two certificates", {}],
  ] as const) {
    test(`T58 metadata ${name}: still every signature is demanded`, async () => {
      const ground = await makeSuomifiGround({ metadata, clock });
      for (const [about, changes, reason] of wrongs) assert.equal(outcome(await ground.round(changes)), reason, about);
      assert.equal(outcome(await ground.round({ signedBy: makeRsaCertificate("idp-1") })), "not-genuine");
      assert.equal(outcome(await ground.round()), "identified");
    });
  }

  test("T58 while the provider changes its key, both are taken; afterwards the new one only", async () => {
    const idp = makeSuomifiIdp({ clock });
    const overlap = await makeSuomifiGround({ idp, clock });
    assert.equal(outcome(await overlap.round()), "identified");
    assert.equal(outcome(await overlap.round({ signedBy: idp.nextKey })), "identified");
    const after = await makeSuomifiGround({ idp, clock, metadata: { certificates: [idp.nextKey.certificate] } });
    assert.equal(outcome(await after.round()), "not-genuine");
    assert.equal(outcome(await after.round({ signedBy: idp.nextKey })), "identified");
  });

  test("T58 an outdated certificate vouches for nothing, and nothing goes unsigned for want of it", async () => {
    const old = makeRsaCertificate("idp-old", { until: plus(clock.now(), days(-1)) });
    const idp = makeSuomifiIdp({ clock });
    const both = { certificates: [old.certificate, idp.key.certificate] };
    const ground = await makeSuomifiGround({ idp, clock, metadata: both });
    assert.equal(outcome(await ground.round({ signedBy: old })), "not-genuine");
    assert.equal(outcome(await ground.round()), "identified");

    const left = await ground.leave();
    const { xml } = await idp.respondXml(left.to, suomifiPeople.nordea, { signResponse: false });
    const alone = connectSuomifi({ idpMetadata: idp.metadata({ certificates: [old.certificate] }) }, ground);
    const sent = { ...left, language: "fi", level: "substantial", now: clock.now() } as const;
    const SAMLResponse = Buffer.from(xml).toString("base64");
    assert.deepEqual(await alone.identify({ SAMLResponse }, sent), {
      result: "unavailable",
      reason: "certificates-outdated",
    });
  });

  test("T58 metadata is only good until it says, and only of the environment that counts", async () => {
    const wish = { state: "s", language: "fi", means: null, level: "substantial" } as const;
    const ground = await makeSuomifiGround({ metadata: { validUntil: "2026-11-23T00:00:00Z" } });
    assert.equal(outcome(await ground.round()), "identified");
    const departure = await ground.broker.depart({ ...wish, now: new Date("2026-11-23T00:00:00Z") });
    assert.deepEqual(departure, { result: "unavailable", reason: "metadata-outdated" });

    const idp = makeSuomifiIdp({ entityId: "https://testi.apro.tunnistus.fi/idp1", clock });
    const settings = { idpMetadata: idp.metadata() };
    const refused = connectSuomifi(settings, { keys: ground.keys, environment: "production" });
    const away = { result: "unavailable", reason: "test-environment" };
    assert.deepEqual(await refused.depart({ ...wish, now: clock.now() }), away);
    const taken = connectSuomifi(settings, { keys: ground.keys, environment: "test" });
    assert.equal((await taken.depart({ ...wish, now: clock.now() })).result, "departs");
  });

  test("T58 metadata whose signature is asked for must have it", () => {
    const idp = makeSuomifiIdp({ clock });
    const metadataCertificate = idp.metadataKey.certificate;
    const parse = (idpMetadata: string, more: object = { metadataCertificate }) =>
      suomifiKind.parse("suomifi", { ...suomifiSettings, idpMetadata, ...more });
    const signed = idp.metadata({ signed: true });
    assert.ok("settings" in parse(signed));
    assert.ok("settings" in parse(signed, {}));
    const stranger = makeRsaCertificate("stranger").certificate;
    for (const wrong of [
      parse(idp.metadata()),
      parse(signed, { metadataCertificate: stranger }),
      parse(signed.replace("https://idp.example/sso", "https://evil.example/sso")),
      parse(signed.replace('<md:KeyDescriptor use="signing">', "<md:KeyDescriptor>")),
    ]) {
      assert.ok("problems" in wrong);
      const says = "This is not signed by metadataCertificate.";
      assert.deepEqual(wrong.problems, [{ field: "idpMetadata", says }]);
    }
  });
});
