import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { type CardPki, startCardPki } from "../../../test/doubles/card-pki/index.ts";
import { part } from "../../../test/harness/parts.ts";
import type { CertificateChecker, CertificateRefusal } from "../../ports/certificate-checker.ts";
import { makeCertificateChecking } from "./index.ts";

const openssl = part("openssl");

describe("certificates of cards", { skip: "missing" in openssl && openssl.missing }, () => {
  let pki: CardPki;
  let checker: CertificateChecker;
  let now: Date;

  const connect = (...given: readonly Readonly<Record<string, unknown>>[]): CertificateChecker => {
    const checking = makeCertificateChecking();
    const authorities = given.map((each) => {
      const parsed = checking.parse(pki.authority(each));
      assert.ok("authority" in parsed, JSON.stringify(parsed));
      return parsed.authority;
    });
    return checking.connect(authorities);
  };
  const verdict = async (card: string) => (await checker.check(pki.der(card), now)).verdict;
  const states = async (card: string, of = checker) =>
    Object.fromEntries((await of.check(pki.der(card), now)).checks.map(({ name, state }) => [name, state]));

  before(async () => {
    pki = await startCardPki();
    now = new Date();
    checker = connect({});
  });
  after(() => pki.stop());

  for (const card of ["rsa", "ec", "p256", "org"])
    test(`SIN-4 a card whose chain, dates, use and status are in order is accepted: ${card}`, async () => {
      const report = await checker.check(pki.der(card), now);
      assert.equal(report.verdict, "good");
      assert.equal(report.unchecked, false);
      assert.equal(report.authority, "test-cards");
      assert.deepEqual(
        report.checks.map(({ name, state }) => `${name} ${state}`),
        ["readable", "issuer", "chain", "validity", "key-usage", "policy", "algorithm", "revocation"].map(
          (name) => `${name} passed`,
        ),
      );
      assert.equal(report.revocation?.answer, "good");
      assert.equal(report.revocation?.by, "ocsp");
    });

  const refused: Readonly<Record<string, CertificateRefusal>> = {
    revoked: "revoked",
    hold: "revoked",
    expired: "expired",
    early: "not-yet-valid",
    unknown: "status-unknown",
    forged: "forged",
    signature: "signature-certificate",
    "encipher-only": "not-for-sign-in",
    "server-only": "not-for-sign-in",
    odd: "unknown-extension",
    mute: "status-unavailable",
    "weak-rsa": "weak-algorithm",
    "weak-curve": "weak-algorithm",
    "weak-digest": "weak-algorithm",
    "server-of-issuer": "wrong-policy",
    "sub-ca": "ca-certificate",
    server: "unknown-issuer",
    stranger: "unknown-issuer",
    "self-signed": "unknown-issuer",
    issuing: "unknown-issuer",
    intermediate: "unknown-issuer",
    root: "unknown-issuer",
    "look-alike": "forged",
  };
  for (const [card, why] of Object.entries(refused))
    test(`T39 no card to sign in with is refused, with its reason: ${card}`, async () => {
      assert.equal(await verdict(card), why);
    });

  test("SIN-4 nobody is asked about a certificate that does not chain: OCSP calls a forged one with a genuine serial good", async () => {
    const report = await checker.check(pki.der("ec"), now);
    const forged = await checker.check(pki.der("forged"), now);
    assert.equal(forged.certificate?.serial, report.certificate?.serial);
    const unchained = ["forged", "self-signed", "stranger", "server", "issuing", "expired", "signature", "weak-digest"];
    const before = [pki.ocsp.asked.length, pki.crl.asked.length];
    for (const card of unchained) assert.equal((await states(card)).revocation, "skipped", card);
    assert.deepEqual([pki.ocsp.asked.length, pki.crl.asked.length], before);
  });

  test("SIN-4 every check stands for itself, so that a test page can show them all", async () => {
    const passed = { readable: "passed", issuer: "passed", chain: "passed", validity: "passed" };
    assert.deepEqual(await states("signature"), {
      ...passed,
      "key-usage": "failed",
      policy: "passed",
      algorithm: "passed",
      revocation: "skipped",
    });
    assert.deepEqual(await states("forged"), {
      ...passed,
      chain: "failed",
      "key-usage": "passed",
      policy: "passed",
      algorithm: "passed",
      revocation: "skipped",
    });
    assert.deepEqual(await states("server"), {
      ...passed,
      issuer: "failed",
      chain: "skipped",
      "key-usage": "passed",
      policy: "skipped",
      algorithm: "passed",
      revocation: "skipped",
    });
  });

  test("T39 the root alone vouches for no card: a server's certificate beside the cards hangs under it too", () => {
    const { parse } = makeCertificateChecking();
    const parsed = parse(pki.authority({ issuers: pki.pem("root"), chain: pki.pem("root") }));
    assert.ok("problems" in parsed);
    assert.equal(parsed.problems[0]?.field, "issuers");
  });

  test("SIN-4 a card of one of two authorities with the same issuer is that one's whose policy it carries", async () => {
    const two = connect({ name: "servers", policies: ["1.2.246.517.1.10.301.4"] }, { name: "cards" });
    assert.equal((await two.check(pki.der("ec"), now)).authority, "cards");
    assert.equal((await two.check(pki.der("server-of-issuer"), now)).authority, "servers");
  });

  test("SIN-4 without policies every certificate of the issuer that is for signing in counts", async () => {
    const lax = connect({ policies: [] });
    assert.equal((await lax.check(pki.der("server-of-issuer"), now)).verdict, "good");
    assert.equal((await lax.check(pki.der("server"), now)).verdict, "unknown-issuer");
  });

  test("SIN-4 a chain that has run out refuses every card", async () => {
    pki.issue({ name: "long", subject: "/CN=Long", until: "20490101000000Z" });
    const { checks } = await checker.check(pki.der("long"), new Date("2045-01-01T00:00:00Z"));
    assert.deepEqual(
      checks.find(({ name }) => name === "chain"),
      {
        name: "chain",
        state: "failed",
        reason: "chain-broken",
      },
    );
  });

  test("T41 two certificates of one name are told apart by serial and key; a name given twice is no name", async () => {
    const [one, other] = await Promise.all(["ec", "same-name"].map((card) => checker.check(pki.der(card), now)));
    assert.deepEqual(one?.certificate?.subject, other?.certificate?.subject);
    for (const part of ["serial", "fingerprint", "publicKeyHash"] as const)
      assert.notEqual(one?.certificate?.[part], other?.certificate?.[part]);
    assert.equal(one?.certificate?.issuerHash, other?.certificate?.issuerHash);
    pki.issue({ name: "twice", subject: "/serialNumber=111/serialNumber=222/CN=Two Numbers" });
    assert.equal((await checker.check(pki.der("twice"), now)).certificate?.subject.serialNumber, null);
  });

  test("SIN-4 the report tells what the certificate says, as OpenSSL reads it", async () => {
    const { certificate } = await checker.check(pki.der("org"), now);
    const peer = new X509Certificate(pki.pem("org"));
    assert.ok(certificate);
    assert.deepEqual(certificate.subject, {
      commonName: "Virtanen Virpi 99900007X",
      surname: "Virtanen",
      givenName: "Virpi",
      organisation: "Testi Oy",
      serialNumber: "99900007X",
    });
    assert.equal(certificate.issuer, "Test Organisation Cards CA");
    assert.equal(certificate.serial, peer.serialNumber.toLowerCase().replace(/^0+/u, ""));
    assert.equal(certificate.fingerprint, peer.fingerprint256.replaceAll(":", "").toLowerCase());
    const key = peer.publicKey.export({ type: "spki", format: "der" });
    assert.equal(certificate.publicKeyHash, createHash("sha256").update(key).digest("hex"));
    assert.equal(certificate.notAfter.getTime(), Date.parse(peer.validTo));
    assert.deepEqual(certificate.alternativeNames, ["email:card@example.test", "upn:card@example.test"]);
    const umlauts = await checker.check(pki.der("ec"), now);
    assert.equal(umlauts.certificate?.subject.commonName, "Öhman Åsa 99900002R");
  });

  test("T39 bytes that are no certificate are refused, and never thrown on", async () => {
    const real = pki.der("ec");
    const trailed = Buffer.concat([real, Buffer.from([0])]);
    const big = Buffer.concat([Buffer.from("3083020000", "hex"), Buffer.alloc(0x20000)]);
    const deep = Buffer.from(`${"3080".repeat(5000)}`, "hex");
    for (const bytes of [Buffer.alloc(0), Buffer.from("hello"), trailed, real.subarray(0, -1), big, deep]) {
      const report = await checker.check(bytes, now);
      assert.equal(report.verdict, "unreadable");
      assert.equal(report.certificate, null);
      assert.equal(report.checks.length, 8);
    }
  });

  test("T39 a certificate with any byte changed is refused, and nobody is asked about it", async () => {
    const real = pki.der("ec");
    const before = pki.ocsp.asked.length;
    const change = fc.record({ at: fc.nat(real.length - 1), to: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, to }) => {
        const changed = Buffer.from(real);
        changed.writeUInt8(changed.readUInt8(at) ^ to, at);
        assert.notEqual((await checker.check(changed, now)).verdict, "good");
      }),
      { numRuns: 300 },
    );
    assert.equal(pki.ocsp.asked.length, before);
  });
});
