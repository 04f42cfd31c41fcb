import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { suomifiPeople } from "../../../test/doubles/suomifi/people.ts";
import { signedQuery } from "../../../test/doubles/suomifi/redirects.ts";
import { type Left, makeSuomifiGround, outcome, type SuomifiGround } from "../../../test/grounds/suomifi-ground.ts";
import { readIdpMetadata } from "./idp-metadata.ts";
import { parseXml } from "./xml.ts";

describe("T59 XML that means harm", () => {
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("x");
  });
  let url: string;
  let ground: SuomifiGround;
  let left: Left;
  let genuine: string;
  before(async () => {
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`; // it listens on a port
    ground = await makeSuomifiGround();
    left = await ground.leave();
    genuine = (await ground.idp.respondXml(left.to, suomifiPeople.nordea)).xml;
  });
  after(() => elsewhere.close());

  const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
  const documents = {
    "a document type": () => `<!DOCTYPE x>${genuine}`,
    "an external document type": () => `<!DOCTYPE x SYSTEM "${url}">${genuine}`,
    "an external entity": () =>
      `<!DOCTYPE x [<!ENTITY e SYSTEM "${url}">]>${genuine.replace("<saml:Issuer>", "<saml:Issuer>&e;")}`,
    "a parameter entity": () => `<!DOCTYPE x [<!ENTITY % e SYSTEM "${url}"> %e;]>${genuine}`,
    "an entity bomb": () =>
      `<!DOCTYPE x [<!ENTITY l0 "lol">${lol}]>${genuine.replace("<saml:Issuer>", "<saml:Issuer>&l9;")}`,
    "an entity nobody declared": () => genuine.replace("<saml:Issuer>", "<saml:Issuer>&nbsp;"),
    "a style sheet": () => `<?xml-stylesheet href="${url}"?>${genuine}`,
    CDATA: () => genuine.replace(/<saml:Issuer>([^<]*)/, "<saml:Issuer><![CDATA[$1]]>"),
    "an include": () =>
      genuine.replace(
        "<samlp:Status>",
        `<samlp:Status><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${url}"/>`,
      ),
    "depth without end": () =>
      genuine.replace("<samlp:Status>", `<samlp:Status>${"<a>".repeat(20_000)}${"</a>".repeat(20_000)}`),
    "depth in disguise": () =>
      genuine.replace("<samlp:Status>", `<samlp:Status>${'<a b="/>">'.repeat(9_000)}${"</a>".repeat(9_000)}`),
    "elements without end": () => genuine.replace("<samlp:Status>", `<samlp:Status>${"<a/>".repeat(600)}`),
    "attributes without end": () =>
      genuine.replace(
        "<samlp:Status>",
        `<samlp:Status ${Array.from({ length: 2_000 }, (_, i) => `a${i}=""`).join(" ")}>`,
      ),
    "attributes without end, on many elements": () =>
      genuine.replace("<samlp:Status>", `<samlp:Status>${'<a b="" c="" d="" e=""/>'.repeat(400)}`),
    "an attribute twice": () => genuine.replace("<samlp:Status>", '<samlp:Status a="1" a="2">'),
    "no end": () => genuine.slice(0, -3),
    "ends crossed": () => genuine.replace("</samlp:Status>", "</samlp:Response></samlp:Status>"),
    "UTF-16": () => `<?xml version="1.0" encoding="UTF-16"?>\u0000${genuine}`,
    nothing: () => " ",
    "no XML": () => '{"Response":{}}',
  };
  for (const [name, make] of Object.entries(documents)) {
    test(`T59 ${name}: refused, and nothing is fetched`, async () => {
      const xml = make();
      assert.notEqual(xml, genuine);
      // An include is plain XML, which nobody signed; the others are refused before anything is computed.
      assert.equal(outcome(await ground.identify(xml, left)), name === "an include" ? "not-genuine" : "malformed");
      assert.deepEqual(asked, []);
    });
  }

  test("T59 what the provider signs around such things is refused as well, and so is what it encrypts", async () => {
    const comment = (xml: string) => xml.replace("<saml:Subject>", "<saml:Subject><!-- x -->");
    const instruction = (xml: string) => xml.replace("<saml:Subject>", "<saml:Subject><?x y?>");
    const cdata = (xml: string) => xml.replace("210281-9988", "<![CDATA[210281-9988]]>");
    for (const pen of [comment, instruction, cdata]) {
      const result = await ground.round({ assertionDraft: pen });
      assert.equal(result.result, "refused", outcome(result));
    }
  });

  test("T59 more than 256 KB is not read", async () => {
    assert.equal(outcome(await ground.identify(genuine + " ".repeat(256 * 1024), left)), "oversized");
    assert.equal(outcome(await ground.identify({ encoded: "A".repeat(10_000_000) }, left)), "oversized");
  });

  test("T59 what is no base64 of UTF-8 is refused", async () => {
    for (const encoded of ["", "<xml/>", "%%%", "A", Buffer.from([0xff, 0xfe, 0x3c]).toString("base64")])
      assert.equal(outcome(await ground.identify({ encoded }, left)), "malformed");
  });

  test("T59 a signed message that inflates without end is cut off", async () => {
    const now = ground.clock.now();
    const bomb = signedQuery("SAMLRequest", Buffer.alloc(10_000_000, "<a>"), ground.idp.key);
    assert.ok(bomb.length < 32 * 1024, "it is small as it travels");
    const start = process.memoryUsage().arrayBuffers;
    assert.equal(await ground.broker.logout?.readRequest(bomb, now), null);
    assert.ok(process.memoryUsage().arrayBuffers - start < 5_000_000, "and stays small");
    const long = `SAMLRequest=${"A".repeat(10_000_000)}&SigAlg=x&Signature=x`;
    assert.equal(await ground.broker.logout?.readRequest(long, now), null);
    assert.equal(
      await ground.broker.logout?.readAnswer(bomb.replace("SAMLRequest", "SAMLResponse"), { memory: "{}", now }),
      false,
    );
  });

  test("T59 metadata is read by the same rules", () => {
    const metadata = ground.idp.metadata();
    assert.equal(typeof readIdpMetadata(metadata, null), "object");
    for (const wrong of [`<!DOCTYPE x SYSTEM "${url}">${metadata}`, `${metadata}<!-- x -->`, ""])
      assert.equal(readIdpMetadata(wrong, null), "This is not plain XML.");
  });

  test("T59 plain XML is read, in every way that it may be written", () => {
    const plain = [
      "<a/>",
      '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<a\n b = "1"\tc=\'"\' >x</a >\n',
      '<a b=">">&lt;&#228;&#xE4;</a>',
      `${"<a>".repeat(32)}${"</a>".repeat(32)}`,
    ];
    for (const xml of plain) assert.equal(parseXml(xml)?.nodeName, "a", xml);
    for (const xml of ["<a", "<a></b>", "<a/><a/>", "x<a/>", "<a/>x", "<a b=1/>", "<a b='<'/>", "</a>", "<a></a/>"])
      assert.equal(parseXml(xml), null, xml);
  });
});
