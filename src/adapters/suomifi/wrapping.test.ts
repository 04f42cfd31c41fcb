import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { hetuName, suomifiPeople } from "../../../test/doubles/suomifi/people.ts";
import type { Changes } from "../../../test/doubles/suomifi/response.ts";
import { makeSuomifiGround, outcome, type SuomifiGround } from "../../../test/grounds/suomifi-ground.ts";

const signature = /<ds:Signature\b[\s\S]*?<\/ds:Signature>/;
const signatureOf = (xml: string): string => signature.exec(xml)?.[0] ?? "";
const unsigned = (xml: string): string => xml.replace(signature, "");
const idOf = (xml: string): string => /\bID="([^"]+)"/.exec(xml)?.[1] ?? "";
const inside = (element: string, child: string): string => element.replace(/<\/[\w:]+>$/, (end) => `${child}${end}`);
const afterIssuer = (xml: string, more: string): string => xml.replace("</saml:Issuer>", `</saml:Issuer>${more}`);

/** What an attacker would rather have it say; another identifier unless it is to be taken for the signed one. */
const evil = (assertion: string, id = "_evil"): string =>
  unsigned(assertion).replace(idOf(assertion), id).replace("210281-9988", "010170-999R");

/** The wrappings of an assertion (XSW 3 to 8, Somorovsky et al. 2012), and others that claim more than was signed. */
const wrappings: Record<string, (signed: string) => readonly string[]> = {
  "XSW3: a forged one before it": (signed) => [evil(signed), signed],
  "XSW4: inside a forged one": (signed) => [inside(evil(signed), signed)],
  "XSW5: its signature in a forged one, itself last": (signed) => [
    afterIssuer(evil(signed), signatureOf(signed)),
    unsigned(signed),
  ],
  "XSW6: inside its signature, which is in a forged one": (signed) => [
    afterIssuer(evil(signed), inside(signatureOf(signed), unsigned(signed))),
  ],
  "XSW7: a forged one in extensions": (signed) => [`<samlp:Extensions>${evil(signed)}</samlp:Extensions>`, signed],
  "XSW8: in an object of its signature, which is in a forged one": (signed) => [
    afterIssuer(evil(signed), inside(signatureOf(signed), `<ds:Object>${unsigned(signed)}</ds:Object>`)),
  ],
  "two assertions": (signed) => [signed, signed.replaceAll(idOf(signed), "_second")],
  "a forged one after it": (signed) => [signed, evil(signed)],
  "a forged one with the same identifier before it": (signed) => [evil(signed, idOf(signed)), signed],
  "a forged one with the same identifier around it": (signed) => [inside(evil(signed, idOf(signed)), signed)],
  "a forged one with the signature of it": (signed) => [afterIssuer(evil(signed, idOf(signed)), signatureOf(signed))],
  "a forged subject beside the signed one": (signed) => [
    signed.replace("<saml:Subject>", "<saml:Subject><saml:NameID>x</saml:NameID></saml:Subject><saml:Subject>"),
  ],
};

const clear: Changes = { encrypt: false };
/** What the identity provider signs around an assertion, once the wrapping is in. */
const wrapped = (wrap: (signed: string) => readonly string[], sealed: boolean): Changes => ({
  contents: async (assertion, seal) => {
    const parts = wrap(assertion).map((part) => (sealed && !part.startsWith("<samlp:") ? seal(part) : part));
    return (await Promise.all(parts)).join("");
  },
});

describe("T53 signature wrapping", () => {
  let ground: SuomifiGround;
  before(async () => {
    ground = await makeSuomifiGround();
  });
  const isRefused = async (changes: Changes, about: string) => {
    const result = await ground.round(changes);
    assert.equal(result.result, "refused", `${about}: ${outcome(result)}`);
    assert.doesNotMatch(JSON.stringify(result), /999R|9988/);
  };

  test("T53 the control: untouched, it is accepted", async () => {
    assert.equal(outcome(await ground.round(wrapped((signed) => [signed], true))), "identified");
  });

  for (const [name, wrap] of Object.entries(wrappings)) {
    test(`T53 ${name}: refused in the clear, encrypted, and even where the provider signed the whole`, async () => {
      await isRefused({ ...wrapped(wrap, false), signResponse: false }, "in the clear");
      await isRefused({ ...wrapped(wrap, true), signResponse: false }, "encrypted");
      await isRefused(wrapped(wrap, false), "in the clear, the whole signed");
      await isRefused(wrapped(wrap, true), "encrypted, the whole signed");
    });
  }

  /** Of the whole response: the attacker encrypts to us, as our certificate is public, and moves the genuine signature. */
  const wholes: Record<string, (genuine: string, forged: string) => string> = {
    "XSW1: the genuine response inside its signature, in a forged response": (genuine, forged) =>
      afterIssuer(forged, inside(signatureOf(genuine), unsigned(genuine))),
    "XSW2: the genuine response beside its signature, in a forged response": (genuine, forged) =>
      afterIssuer(forged, unsigned(genuine) + signatureOf(genuine)),
    "the genuine response inside a forged one": (genuine, forged) => inside(forged, genuine),
    "the genuine response in extensions of a forged one": (genuine, forged) =>
      afterIssuer(forged, `${signatureOf(genuine)}<samlp:Extensions>${unsigned(genuine)}</samlp:Extensions>`),
    "the genuine signature in a forged response": (genuine, forged) => afterIssuer(forged, signatureOf(genuine)),
    "the genuine signature in a forged response of the same identifier": (genuine, forged) =>
      afterIssuer(forged.replace(idOf(forged), idOf(genuine)), signatureOf(genuine)),
    "a forged assertion in the place of the genuine one": (genuine, forged) =>
      genuine.replace(encrypted, encrypted.exec(forged)?.[0] ?? ""),
    "a forged assertion beside the genuine one": (genuine, forged) =>
      inside(genuine, encrypted.exec(forged)?.[0] ?? ""),
    "two roots": (genuine, forged) => forged + genuine,
    "two roots, the genuine one first": (genuine, forged) => genuine + forged,
    "two responses in one element": (genuine, forged) => `<x>${genuine}${forged}</x>`,
    "the identifier claimed twice": (genuine) =>
      genuine.replace("<samlp:Status>", `<samlp:Status ID="${idOf(genuine)}">`),
    "the identifier claimed twice, as Id": (genuine) =>
      genuine.replace("<samlp:Status>", `<samlp:Status Id="${idOf(genuine)}">`),
  };
  const encrypted = /<saml:EncryptedAssertion>[\s\S]*<\/saml:EncryptedAssertion>/;
  for (const [name, wrap] of Object.entries(wholes)) {
    test(`T53 ${name}: refused`, async () => {
      const left = await ground.leave();
      const forging: Changes = {
        signResponse: false,
        signAssertion: false,
        attributes: { [hetuName]: "010170-999R" },
      };
      const { xml: genuine } = await ground.idp.respondXml(left.to, suomifiPeople.nordea);
      const { xml: forged } = await ground.idp.respondXml(left.to, suomifiPeople.nordea, forging);
      const result = await ground.identify(wrap(genuine, forged), left);
      assert.equal(result.result, "refused", outcome(result));
      assert.equal(outcome(await ground.identify(genuine, left)), "identified");
    });
  }

  test("T53 an assertion in the clear is refused, however well it is signed", async () => {
    assert.equal(outcome(await ground.round(clear)), "not-encrypted");
    assert.equal(outcome(await ground.round({ ...clear, signResponse: false })), "not-encrypted");
    assert.equal(outcome(await ground.round({ signResponse: false })), "unsigned");
    assert.equal(outcome(await ground.round({ signAssertion: false })), "not-genuine");
  });
});

describe("T54 tricks with what is signed", () => {
  const sha1 = "http://www.w3.org/2000/09/xmldsig#";
  const withComments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
  const transform = (algorithm: string, body = "") => `<ds:Transform Algorithm="${algorithm}">${body}</ds:Transform>`;
  const inTransforms = (more: string) => (xml: string) => xml.replace("</ds:Transforms>", `${more}</ds:Transforms>`);

  /** Of a signature that was right: of the response, or of the assertion in one that the provider then signed. */
  const tricks: Record<string, (xml: string) => string> = {
    "two SignedInfo": (xml) => xml.replace(/<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/, (info) => info + info),
    "a forged SignedInfo first": (xml) =>
      xml.replace(/<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/, (info) => info.replace(/#_\w+/, "#_x") + info),
    "SignedInfo in an object": (xml) =>
      xml.replace(/<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/, (info) => `<ds:Object>${info}</ds:Object>`),
    "a comment in DigestValue": (xml) =>
      xml.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA<!--").replace("</ds:DigestValue>", "--></ds:DigestValue>"),
    "an element in DigestValue": (xml) => xml.replace("<ds:DigestValue>", "<ds:DigestValue><x/>"),
    "two DigestValue": (xml) =>
      xml.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>"),
    "a reference to the whole document": (xml) => xml.replace(/(<ds:Reference URI=")#_\w+/, "$1"),
    "a reference without an address": (xml) => xml.replace(/<ds:Reference URI="[^"]*"/, "<ds:Reference"),
    "a reference by XPointer": (xml) => xml.replace(/(<ds:Reference URI=")#(_\w+)/, "$1#xpointer(id('$2'))"),
    "a reference to an object": (xml) =>
      xml
        .replace(/(<ds:Reference URI=")#_\w+/, "$1#_object")
        .replace("</ds:Signature>", '<ds:Object Id="_object">x</ds:Object></ds:Signature>'),
    "two references": (xml) => xml.replace(/<ds:Reference [\s\S]*?<\/ds:Reference>/, (one) => one + one),
    "a transform by XSLT": inTransforms(transform("http://www.w3.org/TR/1999/REC-xslt-19991116", "<x/>")),
    "a transform by XPath": inTransforms(
      transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>not(self::x)</ds:XPath>"),
    ),
    "a transform by XPath filter": inTransforms(transform("http://www.w3.org/2002/06/xmldsig-filter2")),
    "base64 as a transform": inTransforms(transform("http://www.w3.org/2000/09/xmldsig#base64")),
    "no transforms": (xml) => xml.replace(/<ds:Transforms>[\s\S]*?<\/ds:Transforms>/, ""),
    "a key in the signature, and HMAC": (xml) => xml.replace(/xmldsig-more#rsa-sha256/, "xmldsig-more#hmac-sha256"),
    "an empty SignatureValue": (xml) => xml.replace(/<ds:SignatureValue>[^<]*/, "<ds:SignatureValue>"),
    "two signatures": (xml) => xml.replace(signature, (one) => one + one),
  };
  let ground: SuomifiGround;
  before(async () => {
    ground = await makeSuomifiGround();
  });

  for (const [name, trick] of Object.entries(tricks)) {
    test(`T54 ${name}: refused in the response, and in the assertion`, async () => {
      const changed = (xml: string) => {
        const result = trick(xml);
        assert.notEqual(result, xml);
        return result;
      };
      assert.equal((await ground.round({ response: changed })).result, "refused");
      assert.equal((await ground.round({ assertion: changed })).result, "refused");
    });
  }

  test("T54 what KeyInfo says is never read: the keys are those of the metadata", async () => {
    const nonsense = (xml: string) => xml.replace(/<ds:X509Certificate>[^<]*/, "<ds:X509Certificate>AAAA");
    assert.equal(outcome(await ground.round({ response: nonsense, assertion: nonsense })), "identified");
    assert.equal(outcome(await ground.round({ signedBy: ground.idp.metadataKey })), "not-genuine");
  });

  const weak = {
    "RSA with SHA-1": { signature: `${sha1}rsa-sha1` },
    "a digest by SHA-1": { digest: `${sha1}sha1` },
    "canonicalization with comments": { canonicalization: withComments },
    "a transform with comments": { transforms: [`${sha1}enveloped-signature`, withComments] },
    "no enveloped signature": { transforms: ["http://www.w3.org/2001/10/xml-exc-c14n#"] },
  };
  for (const [name, how] of Object.entries(weak)) {
    test(`T54 ${name}: refused, even by the provider's own key`, async () => {
      assert.equal(outcome(await ground.round({ signResponse: how })), "unsigned");
      assert.equal((await ground.round({ signAssertion: how })).result, "refused");
    });
  }

  test("T54 a key that is sent by RSA 1.5 is not opened", async () => {
    assert.equal(outcome(await ground.round({ rsa15: true })), "malformed");
  });
});

describe("T55 comments", () => {
  let ground: SuomifiGround;
  before(async () => {
    ground = await makeSuomifiGround();
  });
  const places = {
    "a NameID": [/AAdzZWNyZXQx/, "AAdz<!---->ZWNyZXQx"],
    "the personal identity code": [/210281-9988/, "210281-9988<!---->X"],
    "the personal identity code, at its start": [/210281-9988/, "<!-- -->210281-9988"],
    "an attribute that we don't read": [/TURKU/, "TU<!-- x -->RKU"],
    "the audience": [/(?<=<saml:Audience>)https:/, "https:<!---->"],
    "the method": [/2017\/loa2/, "2017/loa2<!---->.999"],
    "the issuer": [/(?<=<saml:Issuer>)https:/, "https:<!---->"],
  } as const;
  for (const [name, [pattern, text]] of Object.entries(places)) {
    test(`T55 a comment in ${name}: refused, though the signature holds`, async () => {
      const signed = (xml: string) => xml.replace(pattern, text);
      assert.equal(outcome(await ground.round({ assertionDraft: signed })), "malformed");
      // Put in afterwards: canonicalization takes it out again.
      const added = (xml: string) => xml.replace(pattern, (found) => `${found.slice(0, -1)}<!---->${found.slice(-1)}`);
      assert.equal(outcome(await ground.round({ assertion: added })), "malformed");
    });
  }
});
