import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type CardPki, startCardPki } from "../../../test/doubles/card-pki/index.ts";
import { part } from "../../../test/harness/parts.ts";
import { days, hours, plus } from "../../kernel/time.ts";
import { makeCertificateChecking } from "./index.ts";
import { parseCardAuthority, readAuthority } from "./settings.ts";

const openssl = part("openssl");

describe("card authorities", { skip: "missing" in openssl && openssl.missing }, () => {
  let pki: CardPki;

  const parse = (given: Readonly<Record<string, unknown>> = {}) => parseCardAuthority(pki.authority(given));
  const parsed = (given: Readonly<Record<string, unknown>> = {}) => {
    const result = parse(given);
    assert.ok("authority" in result, JSON.stringify(result));
    return result.authority;
  };
  const problem = (given: Readonly<Record<string, unknown>>) => {
    const result = parse(given);
    assert.ok("problems" in result);
    return result.problems.map(({ field, says }) => `${field}: ${says}`).join("\n");
  };

  before(async () => {
    pki = await startCardPki();
  });
  after(() => pki.stop());

  test("an authority is strict unless told otherwise, and reading it again changes nothing", () => {
    const { issuers, chain, policies } = pki.authority();
    const authority = parsed();
    assert.deepEqual(authority, {
      name: "test-cards",
      issuers,
      chain,
      policies,
      revocation: "required",
      ocspUrl: null,
      crlUrl: null,
      hosts: [],
      comparesOrganisation: false,
    });
    assert.deepEqual(parseCardAuthority(authority), { authority });
  });

  test("T39 a chain that does not hold is told where it breaks", () => {
    const intermediate = pki.pem("intermediate");
    const root = pki.pem("root");
    assert.match(problem({ issuers: "" }), /^issuers: Give certificates/u);
    assert.match(problem({ issuers: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }), /^issuers: /u);
    assert.match(problem({ chain: root }), /^chain: .*Test Organisation Cards CA is missing/u);
    assert.match(problem({ chain: intermediate }), /^chain: .*Test Policy CA is missing/u);
    assert.match(problem({ issuers: pki.pem("look-alike") }), /^issuers: Test Organisation Cards CA is a root/u);
    assert.match(problem({ issuers: pki.pem("ec") }), /^issuers: Öhman Åsa 99900002R is no CA/u);
    assert.match(
      problem({ issuers: pki.pem("sub-ca"), chain: `${pki.pem("issuing")}${intermediate}${root}` }),
      /allows fewer/u,
    );
    // A look-alike in the chain: the name fits, the key doesn't.
    assert.match(problem({ issuers: pki.pem("ec"), chain: pki.pem("look-alike") }), /no CA/u);
  });

  test("an issuer that is its own root needs no chain", () => {
    assert.equal(parsed({ issuers: pki.pem("look-alike"), chain: "" }).name, "test-cards");
  });

  test("what can't be understood is told field by field", () => {
    assert.match(problem({ name: "Test Cards" }), /^name: /u);
    assert.match(problem({ revocation: "off" }), /^revocation: /u);
    assert.match(problem({ ocspUrl: "file:///etc/passwd" }), /^ocspUrl: Give an http or https address/u);
    assert.match(problem({ policies: ["any"] }), /^policies\.0: /u);
    assert.match(problem({ hosts: ["http://a.example"] }), /^hosts\.0: /u);
    assert.match(problem({ trustEverybody: true }), /trustEverybody/u);
  });

  test("T83 only hosts that the authority names are asked, and only plainly", () => {
    const { mayAsk } = readAuthority(parsed({ hosts: ["*.fineid.example", "other.example"] }));
    for (const url of ["http://127.0.0.1:8/x", "https://ocsp.fineid.example/", "http://other.example/a"])
      assert.equal(mayAsk(url), true, url);
    for (const url of [
      "http://fineid.example/",
      "http://evilfineid.example/",
      "http://sub.other.example/",
      "http://169.254.169.254/latest",
      "http://localhost/",
      "http://user@other.example/",
      "ftp://other.example/",
      "file:///etc/passwd",
      "ldap://other.example/",
      "no address",
    ])
      assert.equal(mayAsk(url), false, url);
  });

  test("an inspection tells what is lax, what ends soon and what can't be read", async () => {
    const now = new Date();
    const inspected = async (given: Readonly<Record<string, unknown>>, at = now) => {
      const findings = await makeCertificateChecking()
        .connect([parsed(given)])
        .inspect(at);
      return findings.map(({ verdict, says }) => `${verdict}: ${says}`).join("\n");
    };
    assert.doesNotMatch(await inspected({}), /fail|advice/u);
    assert.match(await inspected({}), /pass: The revocation list of Test Root CA .* has 0 entries/u);
    assert.match(
      await inspected({ revocation: "soft", policies: [] }),
      /^advice: Cards are accepted while[\s\S]*^advice: Every/mu,
    );
    assert.match(await inspected({}, plus(now, days(3650) - hours(24 * 30))), /advice: .* ends within 60 days/u);
    assert.match(await inspected({}, plus(now, days(4000))), /fail: .* is out of date/u);
    const rootless = { issuers: pki.pem("look-alike"), chain: "" };
    assert.match(await inspected(rootless), /fail: Nobody may be asked/u);
    assert.doesNotMatch(await inspected({ ...rootless, hosts: ["ocsp.example"] }), /fail/u);
    pki.crl.set("down");
    assert.match(await inspected({}), /fail: The revocation list of Test Root CA .* can't be reached/u);
    pki.crl.set("ok");
  });
});
