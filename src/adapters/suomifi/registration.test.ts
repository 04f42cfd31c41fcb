import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, test } from "node:test";
import { makeRsaCertificate } from "../../../test/doubles/certificate.ts";
import {
  connectSuomifi,
  makeSuomifiGround,
  type SuomifiGround,
  suomifiSettings,
} from "../../../test/grounds/suomifi-ground.ts";
import { days, plus } from "../../kernel/time.ts";
import { suomifiKind } from "./index.ts";
import { attributeOf, childrenNamed, everyElement, isNamed, only, parseXml, textOf } from "./xml.ts";

let ground: SuomifiGround;
before(async () => {
  ground = await makeSuomifiGround({ metadata: { validUntil: "2026-12-10T00:00:00Z" } });
});

describe("our metadata for Suomi.fi", () => {
  const read = async (settings: object = {}, environment: "test" | "production" = "test") => {
    const broker = connectSuomifi(
      { idpMetadata: ground.idp.metadata(), ...settings },
      { keys: ground.keys, environment },
    );
    const root = parseXml((await broker.metadata?.(ground.clock.now())) ?? "");
    assert.ok(root && isNamed(root, "md:EntityDescriptor"));
    const values = everyElement(root)
      .filter((element) => isNamed(element, "saml:Attribute"))
      .map((attribute): [string, (string | null)[]] => [
        attributeOf(attribute, "FriendlyName") ?? attributeOf(attribute, "Name") ?? "",
        childrenNamed(attribute, "saml:AttributeValue").map(textOf),
      ]);
    return { root, role: only(root, "md:SPSSODescriptor"), wishes: Object.fromEntries(values) };
  };

  test("is plain XML that names our addresses, and every certificate that we publish", async () => {
    const { root, role } = await read();
    const base = "https://id.example.fi/eid/suomifi";
    assert.equal(attributeOf(root, "entityID"), `${base}/metadata`);
    assert.ok(role);
    assert.equal(attributeOf(role, "AuthnRequestsSigned"), "true");
    assert.equal(attributeOf(role, "WantAssertionsSigned"), "true");
    assert.equal(attributeOf(only(role, "md:AssertionConsumerService"), "Location"), `${base}/acs`);
    assert.equal(attributeOf(only(role, "md:SingleLogoutService"), "Location"), `${base}/logout`);
    const published = await ground.keys.published();
    assert.deepEqual(
      childrenNamed(role, "md:KeyDescriptor").map((one) => [
        attributeOf(one, "use"),
        everyElement(one)
          .map(textOf)
          .filter((text) => text !== null)
          .at(-1),
      ]),
      published.map(({ use, certificate }) => [
        use === "sig" ? "signing" : "encryption",
        new X509Certificate(certificate).raw.toString("base64"),
      ]),
    );
    const names = everyElement(root).filter(({ localName }) => localName === "DisplayName");
    assert.deepEqual(
      names.map(textOf),
      Object.values(suomifiSettings.displayName),
      "written so that nothing ends early",
    );
  });

  test("tells what we want of Suomi.fi; the test method only where it counts", async () => {
    const test = "urn:oid:1.2.246.517.3002.110.999";
    const { wishes } = await read();
    assert.deepEqual(wishes.CipherName, ["AES-GCM"]);
    assert.deepEqual(wishes.EidasSupport, ["full"]);
    assert.deepEqual(wishes.VtjVerificationRequired, ["true"]);
    assert.deepEqual(wishes.SkipEndpointValidationWhenSigned, ["false"]);
    assert.ok(wishes.FinnishAuthMethod?.includes(test));
    const production = await read({ cipher: "AES-CBC", eidasSupport: "none" }, "production");
    assert.equal(production.wishes.CipherName, undefined);
    assert.deepEqual(production.wishes.EidasSupport, ["none"]);
    assert.equal(production.wishes.FinnishAuthMethod?.includes(test), false);
    assert.equal(production.wishes.FinnishAuthMethod?.length, 4);
  });
});

describe("settings of Suomi.fi", () => {
  const parse = (given: unknown) => {
    const parsed = suomifiKind.parse("suomifi", given);
    return "problems" in parsed ? Object.fromEntries(parsed.problems.map(({ field, says }) => [field, says])) : parsed;
  };
  const right = () => ({ ...suomifiSettings, idpMetadata: ground.idp.metadata() });

  test("are read again as they were written", () => {
    const first = suomifiKind.parse("suomifi", right());
    assert.ok("settings" in first);
    assert.deepEqual(suomifiKind.parse("suomifi", first.settings), first);
  });

  test("that lack something are told field by field", () => {
    assert.deepEqual(Object.keys(parse({})).sort(), ["contacts", "displayName", "idpMetadata", "organisation"]);
    const [technical] = suomifiSettings.contacts;
    const wrong: readonly (readonly [object, string, RegExp])[] = [
      [{ more: 1 }, "", /more/],
      [{ methods: ["urn:oid:1.2.246.517.3002.110.7"] }, "methods.0", /./],
      [{ contacts: [{ ...technical, type: "support" }] }, "contacts", /technical/],
      [{ privacyUrl: { fi: "http://x.fi", sv: "https://x.fi", en: "https://x.fi" } }, "privacyUrl.fi", /https/],
      [{ entityId: "vahva" }, "entityId", /address/],
      [{ metadataCertificate: "x" }, "metadataCertificate", /PEM/],
      [{ idpMetadata: "<x/>" }, "idpMetadata", /not the metadata/],
      [{ idpMetadata: ground.idp.metadata({ certificates: [] }) }, "idpMetadata", /no signing certificate/],
      [{ idpMetadata: ground.idp.metadata({ use: ' use="encryption"' }) }, "idpMetadata", /no signing certificate/],
      [{ idpMetadata: ground.idp.metadata({ certificates: ["AAAA"] }) }, "idpMetadata", /can't be read/],
      [{ idpMetadata: ground.idp.metadata({ validUntil: "tomorrow" }) }, "idpMetadata", /validUntil/],
      [
        { idpMetadata: ground.idp.metadata().replaceAll("https://idp.example/s", "http://idp.example/s") },
        "idpMetadata",
        /https/,
      ],
      [
        { idpMetadata: ground.idp.metadata().replaceAll("https://idp.example/s", "javascript:") },
        "idpMetadata",
        /https/,
      ],
    ];
    for (const [change, field, says] of wrong)
      assert.match(String(parse({ ...right(), ...change })[field as never]), says);
  });
});

describe("registration and check of Suomi.fi", () => {
  test("an operator is told what to send, and what to compare", async () => {
    const { values, documents } = await ground.broker.registration(ground.clock.now());
    const [signing] = await ground.keys.published();
    const told = Object.fromEntries(values);
    assert.equal(told["Metadata address"], "https://id.example.fi/eid/suomifi/metadata");
    assert.equal(told["Signing certificate (SHA-256)"], new X509Certificate(signing?.certificate ?? "").fingerprint256);
    assert.deepEqual(
      documents.map(({ name, content }) => [name, content]),
      [["suomifi-metadata.xml", await ground.broker.metadata?.(ground.clock.now())]],
    );
  });

  test("the doctor hears early that something runs out, and what to do", async () => {
    const now = ground.clock.now();
    const until = (end: number) => makeRsaCertificate("idp", { until: plus(now, days(end)) }).certificate;
    const check = async (certificates: string[], environment: "test" | "production" = "test", validUntil = "") => {
      const idpMetadata = ground.idp.metadata({ certificates, validUntil });
      const [first] = await connectSuomifi({ idpMetadata }, { keys: ground.keys, environment }).check(now);
      return first;
    };
    assert.equal((await check([until(400)]))?.verdict, "pass");
    assert.equal((await check([until(20), until(400)]))?.verdict, "pass");
    assert.equal((await check([until(20)]))?.verdict, "advice");
    assert.equal((await check([until(-1)]))?.verdict, "fail");
    assert.equal((await check([until(400)], "test", plus(now, days(3)).toISOString()))?.verdict, "advice");
    assert.equal((await check([until(400)], "test", plus(now, days(-3)).toISOString()))?.verdict, "fail");
    const inTenThousandDays = await ground.broker.check(plus(now, days(10_000)));
    assert.deepEqual(
      inTenThousandDays.map(({ verdict }) => verdict),
      ["fail", "fail", "fail"],
    );
  });
});
