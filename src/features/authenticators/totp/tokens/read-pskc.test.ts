import assert from "node:assert/strict";
import { createCipheriv, createHmac } from "node:crypto";
import { test } from "node:test";
import { deriveKey } from "./pskc-cipher.ts";
import { readPskc } from "./read-pskc.ts";
import type { Unlock } from "./unlock-pskc.ts";

const namespace = "urn:ietf:params:xml:ns:keyprov:pskc";
const totp = `${namespace}:totp`;
const aes =
  '<EncryptionMethod xmlns="http://www.w3.org/2001/04/xmlenc#" Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>';
const sealed = (name: string, value: string) =>
  `<${name}>${aes}<x:CipherData xmlns:x="http://www.w3.org/2001/04/xmlenc#"><x:CipherValue>\n ${value}\n</x:CipherValue></x:CipherData></${name}>`;
const plain = "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>";

type Token = {
  secret?: string;
  algorithm?: string;
  format?: string;
  suite?: string;
  interval?: string;
  serial?: string;
};
const token = ({ secret = plain, algorithm = totp, format, suite, interval, serial = "987654321" }: Token = {}) =>
  `<KeyPackage>
  <DeviceInfo><Manufacturer>Acme &amp; Co</Manufacturer><SerialNo>${serial}</SerialNo><Model>C302</Model></DeviceInfo>
  <Key Id="1" Algorithm="${algorithm}"><AlgorithmParameters>${suite ? `<Suite>${suite}</Suite>` : ""}<ResponseFormat ${format ?? 'Length="6" Encoding="DECIMAL"'}/></AlgorithmParameters>
    <Data><Secret>${secret}</Secret>${interval ? `<TimeInterval>${interval}</TimeInterval>` : ""}</Data></Key>
</KeyPackage>`;
const container = (content: string, ns = namespace) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!-- two\nlines -->\n<KeyContainer Version="1.0" xmlns="${ns}">\n${content}\n</KeyContainer>\n`;

const sha1 = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
const macMethod = (value: string | null, algorithm = sha1) =>
  `<MACMethod Algorithm="${algorithm}">${value === null ? "" : sealed("MACKey", value)}</MACMethod>`;
const byKey =
  '<EncryptionKey><KeyName xmlns="http://www.w3.org/2000/09/xmldsig#">Pre-shared-key</KeyName></EncryptionKey>';
const secretOf = (value: string, mac: string) => `${sealed("EncryptedValue", value)}<ValueMAC>${mac}\n</ValueMAC>`;

/** RFC 6030, figure 6. */
const figure6 = {
  key: Buffer.from("12345678901234567890123456789012", "hex"),
  mac: "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX",
  secret: secretOf("AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv", "Su+NvtQfmvfJzF6bmQiJqoLRExc="),
};
/** RFC 6030, figure 7. */
const figure7 = {
  password: "qwerty",
  derivation: ({ iterations = "1000", prf = "<PRF/>" } = {}) =>
    `<EncryptionKey><d:DerivedKey xmlns:d="http://www.w3.org/2009/xmlenc11#"><d:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2"><p:PBKDF2-params xmlns:p="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"><Salt><Specified>Ej7/PEpyEpw=</Specified></Salt><IterationCount>${iterations}</IterationCount><KeyLength>16</KeyLength>${prf}</p:PBKDF2-params></d:KeyDerivationMethod></d:DerivedKey></EncryptionKey>`,
  mac: "2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx",
  secret: secretOf("oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f", "LP6xMvjtypbfT9PdkJhBZ+D6O4w="),
};

function entriesOf(xml: string, unlock: Unlock = {}) {
  const read = readPskc(xml, unlock);
  assert.ok("entries" in read, JSON.stringify(read));
  return read.entries;
}
/** The reasons for which the first token, or the whole file, is refused. */
function reasonsOf(xml: string, unlock: Unlock = {}): string[] {
  const read = readPskc(xml, unlock);
  if ("problems" in read) return read.problems.map(({ reason }) => reason);
  const [first] = read.entries;
  if (!first) return [];
  if ("flaws" in first) return first.flaws.map(({ reason }) => reason);
  return first.secret instanceof Uint8Array ? [] : [first.secret.reason];
}
const secretIn = (xml: string, unlock: Unlock = {}): string => {
  const [first] = entriesOf(xml, unlock);
  assert.ok(first && "secret" in first && first.secret instanceof Uint8Array, JSON.stringify(first));
  return Buffer.from(first.secret).toString("latin1");
};

test("USR-2 a plain PSKC file (RFC 6030): serial number, secret, hash, digits and period, with its line", () => {
  const second = {
    suite: "HMAC-SHA256",
    format: 'Length="8" Encoding="DECIMAL"',
    interval: "<PlainValue>60</PlainValue>",
  };
  const [one, two] = entriesOf(container(token() + token({ ...second, serial: "0042" })));
  assert.deepEqual(one, {
    line: 7,
    serial: "987654321",
    secret: Buffer.from("12345678901234567890"),
    algorithm: "",
    digits: "6",
    period: "",
    manufacturer: "Acme & Co",
    model: "C302",
  });
  assert.ok(two && "secret" in two);
  assert.deepEqual([two.serial, two.algorithm, two.digits, two.period], ["0042", "HMAC-SHA256", "8", "60"]);
});

test("USR-2 RFC 6030 figure 6: a shared key opens the MAC key, and that the secret", () => {
  const xml = (mac = macMethod(figure6.mac)) => container(byKey + mac + token({ secret: figure6.secret }));
  assert.equal(secretIn(xml(), figure6), "12345678901234567890");
  assert.deepEqual(reasonsOf(xml()), ["key-needed"]);
  assert.deepEqual(reasonsOf(xml(), { password: "qwerty" }), ["key-needed"]);
  assert.deepEqual(reasonsOf(xml(), { key: Buffer.alloc(16) }), ["wrong-key"]);
  assert.deepEqual(reasonsOf(xml(), { key: Buffer.alloc(32) }), ["wrong-key"]);
  assert.deepEqual(reasonsOf(xml(""), figure6), ["no-mac"]);
  assert.deepEqual(reasonsOf(xml(macMethod(null)), figure6), ["wrong-mac"]);
  assert.deepEqual(reasonsOf(xml(macMethod(figure6.mac, "urn:none")), figure6), ["unknown-mac"]);
});

test("USR-2 RFC 6030 figure 7: a password becomes the key by PBKDF2", () => {
  const xml = (derivation = figure7.derivation()) =>
    container(derivation + macMethod(figure7.mac) + token({ secret: figure7.secret }));
  const salt = Buffer.from("Ej7/PEpyEpw=", "base64");
  const key = deriveKey("qwerty", { salt, iterations: 1000, keyLength: 16, hash: "sha1" });
  assert.equal(key?.toString("hex"), "651e63cd57008476af1ff6422cd02e41");
  assert.equal(
    Buffer.from(secretIn(xml(), figure7), "latin1").toString("hex"),
    "3132333435363738393031323334353637383930",
  );
  assert.deepEqual(reasonsOf(xml()), ["password-needed"]);
  assert.deepEqual(reasonsOf(xml(), { password: "qwertz" }), ["wrong-key"]);
  for (const wrong of [{ iterations: "100000000000" }, { iterations: "0" }, { prf: '<PRF Algorithm="urn:x"/>' }])
    assert.deepEqual(reasonsOf(xml(figure7.derivation(wrong)), figure7), ["unknown-derivation"]);
});

test("USR-2 T31 a secret is authenticated before it is decrypted: a changed bit anywhere is refused as such", () => {
  const key = Buffer.alloc(16, 1);
  const macKey = Buffer.alloc(20, 2);
  const seal = (value: Buffer) => {
    const iv = Buffer.alloc(16, 3);
    const cipher = createCipheriv("aes-128-cbc", key, iv);
    return Buffer.concat([iv, cipher.update(value), cipher.final()]);
  };
  const value = seal(Buffer.from("12345678901234567890"));
  const mac = createHmac("sha1", macKey).update(value).digest("base64");
  const xml = (changed: Buffer) =>
    container(
      byKey + macMethod(seal(macKey).toString("base64")) + token({ secret: secretOf(changed.toString("base64"), mac) }),
    );
  assert.equal(secretIn(xml(value), { key }), "12345678901234567890");
  for (let at = 0; at < value.length; at += 1) {
    const changed = Buffer.from(value);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.deepEqual(reasonsOf(xml(changed), { key }), ["wrong-mac"], `byte ${at}`);
  }
  const own = createHmac("sha1", key).update(value).digest("base64");
  const withoutMacKey = container(byKey + macMethod(null) + token({ secret: secretOf(value.toString("base64"), own) }));
  assert.equal(secretIn(withoutMacKey, { key }), "12345678901234567890", "without a MAC key it is the key itself");
});

test("USR-2 the drafts before RFC 6030 are read too", () => {
  const old = token({ algorithm: `${namespace}#totp` }).replaceAll("KeyPackage", "Device");
  const older = old.replace("Algorithm=", "KeyAlgorithm=").replaceAll("AlgorithmParameters", "Usage");
  assert.equal(secretIn(container(old, `${namespace}:1.0`)), "12345678901234567890");
  assert.equal(secretIn(container(older)), "12345678901234567890");
});

test("USR-2 T31 what makes other codes than ours is refused by its line", () => {
  assert.deepEqual(reasonsOf(container(token({ algorithm: `${namespace}:hotp` }))), ["not-time-based"]);
  assert.deepEqual(reasonsOf(container(token({ format: 'Length="6" Encoding="ALPHANUMERIC"' }))), ["not-decimal"]);
  assert.deepEqual(reasonsOf(container(token({ format: 'Length="6" CheckDigits="true"' }))), ["not-decimal"]);
  assert.deepEqual(reasonsOf(container(token({ interval: sealed("EncryptedValue", "AAAA") }))), ["encrypted"]);
  assert.deepEqual(reasonsOf(container(token({ secret: "<PlainValue>no!</PlainValue>" }))), ["not-base64"]);
  assert.deepEqual(reasonsOf(container(token({ secret: figure6.secret }))), ["unreadable"]);
  assert.deepEqual(reasonsOf(container("<KeyPackage/>")), ["missing"]);
  assert.deepEqual(reasonsOf(container("")), ["empty"]);
});

test("USR-2 T31 document types, entities and documents without measure are refused before any parser sees them", () => {
  const dtd = '<!DOCTYPE KeyContainer [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
  const good = container(token());
  for (const [name, xml] of [
    ["a document type", good.replace("<KeyContainer", `${dtd}<KeyContainer`)],
    ["an entity", good.replace("987654321", "&x;")],
    ["one behind a comment", good.replace("<!-- two", `<!-- --${">"}${dtd}<!-- two`)],
    ["CDATA", good.replace("987654321", "<![CDATA[987654321]]>")],
    ["a processing instruction", good.replace("987654321", "<?x y?>987654321")],
    ["another namespace", container(token(), "urn:none")],
    ["depth", container("<a>".repeat(40) + "</a>".repeat(40))],
    ["numbers", container("<a/>".repeat(250_001))],
    ["no end", good.slice(0, -20)],
    ["nothing", ""],
  ] as const)
    assert.deepEqual(reasonsOf(xml), ["not-pskc"], name);
});
