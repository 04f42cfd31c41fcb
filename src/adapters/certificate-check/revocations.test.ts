import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { type CardPki, startCardPki } from "../../../test/doubles/card-pki/index.ts";
import { part } from "../../../test/harness/parts.ts";
import { days, hours, type Instant, minutes, plus, seconds } from "../../kernel/time.ts";
import { makeCertificateChecking, type Patience } from "./index.ts";

const openssl = part("openssl");

describe("revocation of cards", { skip: "missing" in openssl && openssl.missing }, () => {
  let pki: CardPki;
  let now: Instant;

  /** A checker that remembers nothing yet. */
  const fresh = (given: Readonly<Record<string, unknown>> = {}, patience: Partial<Patience> = {}) => {
    const checking = makeCertificateChecking({ ocsp: seconds(20), list: seconds(20), ...patience });
    const parsed = checking.parse(pki.authority(given));
    assert.ok("authority" in parsed);
    return checking.connect([parsed.authority]);
  };
  const says = async (card: string, of = fresh(), at = now) => {
    const { verdict, revocation } = await of.check(pki.der(card), at);
    return [verdict, revocation?.answer, revocation?.by];
  };

  before(async () => {
    pki = await startCardPki();
  });
  beforeEach(() => {
    now = new Date();
  });
  afterEach(() => {
    pki.ocsp.set("ok");
    pki.crl.set("ok");
  });
  after(() => pki.stop());

  const silences = [
    "down",
    "hang",
    "try-later",
    "error",
    "garbage",
    "redirect",
    "long",
    "wrong-signer",
    "no-eku",
    "bad-signature",
    "nonce-mismatch",
    "other-serial",
    "stale",
    "future",
  ] as const;
  for (const fault of silences) {
    test(`T40 an OCSP answer that counts for nothing leaves it to the list: ${fault}`, async () => {
      const checker = fresh({}, fault === "hang" ? { ocsp: 300 } : {});
      await checker.refresh(now);
      pki.ocsp.set(fault);
      assert.deepEqual(await says("ec", checker), ["good", "good", "crl"]);
      assert.deepEqual(await says("revoked", checker), ["revoked", "revoked", "crl"]);
      assert.deepEqual(await says("hold", checker), ["revoked", "revoked", "crl"]);
    });
    test(`T40 without an OCSP answer and without a list no card is accepted: ${fault}`, async () => {
      const checker = fresh({}, fault === "hang" ? { ocsp: 300 } : {});
      await checker.refresh(now); // the lists of the CAs above stay known
      pki.ocsp.set(fault);
      pki.crl.set("down");
      assert.deepEqual(await says("ec", checker), ["status-unavailable", "unavailable", null]);
    });
  }

  for (const way of ["ok", "by-ca", "nonce-less"] as const)
    test(`T40 an OCSP answer that counts is believed: ${way}`, async () => {
      pki.ocsp.set(way);
      assert.deepEqual(await says("ec"), ["good", "good", "ocsp"]);
      assert.deepEqual(await says("revoked"), ["revoked", "revoked", "ocsp"]);
    });

  test("T40 what OCSP does not know is refused, whatever the list says, and however soft the authority", async () => {
    assert.deepEqual(await says("unknown"), ["status-unknown", "unknown", "ocsp"]);
    assert.deepEqual(await says("unknown", fresh({ revocation: "soft" })), ["status-unknown", "unknown", "ocsp"]);
  });

  for (const fault of ["down", "hang", "missing", "garbage", "redirect", "long", "stale", "forged"] as const)
    test(`T40 a list that counts for nothing is no list: ${fault}`, async () => {
      const checker = fresh({}, fault === "hang" ? { list: 300 } : {});
      await checker.refresh(now);
      pki.ocsp.set("down");
      pki.crl.set(fault);
      assert.deepEqual(await says("ec", checker), ["status-unavailable", "unavailable", null]);
    });

  test("T40 a list that was good is stale after its time", async () => {
    const checker = fresh();
    pki.ocsp.set("down");
    assert.deepEqual(await says("ec", checker), ["good", "good", "crl"]);
    pki.crl.set("down");
    assert.deepEqual(await says("ec", checker, plus(now, hours(23))), ["good", "good", "crl"]);
    assert.deepEqual(await says("ec", checker, plus(now, days(2))), ["status-unavailable", "unavailable", null]);
  });

  test("T40 a soft authority accepts what nobody can tell, and says so; never what is revoked", async () => {
    const checker = fresh({ revocation: "soft" });
    assert.equal((await checker.check(pki.der("ec"), now)).unchecked, false);
    pki.ocsp.set("down");
    pki.crl.set("down");
    const report = await fresh({ revocation: "soft" }).check(pki.der("ec"), now);
    assert.deepEqual([report.verdict, report.unchecked, report.revocation?.answer], ["good", true, "unavailable"]);
    assert.ok(report.revocation?.trouble.some((line) => line.startsWith("OCSP at 127.0.0.1:")));
    pki.crl.set("ok");
    assert.deepEqual(await says("revoked", fresh({ revocation: "soft" })), ["revoked", "revoked", "crl"]);
  });

  test("T40 OCSP is asked at every check, so that a card is refused as soon as it is revoked", async () => {
    pki.issue({ name: "lost", subject: "/CN=Lost" });
    const checker = fresh();
    assert.deepEqual(await says("lost", checker), ["good", "good", "ocsp"]);
    pki.revoke("lost");
    assert.deepEqual(await says("lost", checker), ["revoked", "revoked", "ocsp"]);
  });

  test("T40 while OCSP is away its last answer stands in, no longer than it says itself", async () => {
    const checker = fresh();
    await checker.refresh(now);
    pki.ocsp.set("nonce-less");
    assert.deepEqual(await says("ec", checker), ["good", "good", "ocsp"]);
    pki.ocsp.set("down");
    pki.crl.set("down");
    assert.deepEqual(await says("ec", checker), ["good", "good", "ocsp"]);
    assert.deepEqual(await says("p256", checker), ["status-unavailable", "unavailable", null]);
    assert.deepEqual(await says("ec", checker, plus(now, hours(2))), ["status-unavailable", "unavailable", null]);
  });

  test("T40 every question to OCSP carries another nonce", async () => {
    const checker = fresh();
    const from = pki.ocsp.asked.length;
    await says("ec", checker);
    await says("ec", checker);
    const [one, other] = pki.ocsp.asked.slice(from);
    assert.ok(one && other && !one.equals(other));
  });

  test("T83 a certificate sends us only to hosts that its authority names", async () => {
    const checker = fresh();
    const before = [pki.ocsp.asked.length, pki.crl.asked.length];
    pki.issue({ name: "elsewhere", subject: "/CN=Elsewhere", kind: "elsewhere-card" });
    const report = await checker.check(pki.der("elsewhere"), now);
    assert.equal(report.verdict, "status-unavailable");
    assert.match(report.revocation?.trouble.join(" ") ?? "", /169\.254\.169\.254 may not be asked/u);
    assert.equal(pki.ocsp.asked.length, before[0]);
    const told = fresh({ ocspUrl: pki.addresses.ocsp });
    assert.equal((await told.check(pki.der("elsewhere"), now)).verdict, "good");
  });

  test("SIN-4 an authority's own addresses are asked instead of those that its cards name", async () => {
    assert.deepEqual(await says("mute"), ["status-unavailable", "unavailable", null]);
    assert.deepEqual(await says("mute", fresh({ ocspUrl: pki.addresses.ocsp })), ["good", "good", "ocsp"]);
    assert.deepEqual(await says("mute", fresh({ crlUrl: `${pki.addresses.crl}/issuing.crl` })), [
      "good",
      "good",
      "crl",
    ]);
  });

  test("T40 a list is read anew behind those who use the one before", async () => {
    pki.issue({ name: "late", subject: "/CN=Late" });
    const checker = fresh();
    pki.ocsp.set("down");
    assert.deepEqual(await says("late", checker), ["good", "good", "crl"]);
    pki.revoke("late");
    pki.crl.set("hang");
    // Due, and hanging: nobody waits for it.
    assert.deepEqual(await says("late", checker, plus(now, hours(2))), ["good", "good", "crl"]);
  });

  test("T40 refreshing reads what has been revoked meanwhile, and only what is due", async () => {
    pki.issue({ name: "next", subject: "/CN=Next" });
    const checker = fresh();
    pki.ocsp.set("down");
    assert.deepEqual(await says("next", checker), ["good", "good", "crl"]);
    pki.revoke("next");
    const asked = pki.crl.asked.length;
    await checker.refresh(plus(now, minutes(10)));
    assert.equal(pki.crl.asked.length, asked);
    await checker.refresh(plus(now, minutes(61)));
    assert.deepEqual(await says("next", checker, plus(now, minutes(61))), ["revoked", "revoked", "crl"]);
  });

  test("T40 sixteen cards at once read the list once", async () => {
    const checker = fresh();
    await checker.refresh(now);
    pki.ocsp.set("down");
    const asked = pki.crl.asked.length;
    const all = await Promise.all(Array.from({ length: 16 }, () => says("ec", checker)));
    assert.ok(all.every(([verdict]) => verdict === "good"));
    assert.equal(pki.crl.asked.length, asked + 1);
  });

  test("T40 a list of the CA's that is older than the one before is not taken", async () => {
    pki.issue({ name: "replayed", subject: "/CN=Replayed" });
    const earlier = Buffer.from(await (await fetch(`${pki.addresses.crl}/issuing.crl`)).arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 1100)); // lists tell their age in whole seconds
    pki.revoke("replayed");
    const checker = fresh();
    pki.ocsp.set("down");
    assert.deepEqual(await says("replayed", checker), ["revoked", "revoked", "crl"]);
    pki.crl.replace("issuing", earlier);
    await checker.refresh(plus(now, hours(2)));
    assert.deepEqual(await says("replayed", checker, plus(now, hours(2))), ["revoked", "revoked", "crl"]);
  });

  test("T40 the lists of the CAs above must be there as well", async () => {
    pki.crl.set("down");
    const report = await fresh().check(pki.der("ec"), now);
    assert.deepEqual([report.verdict, report.revocation?.answer], ["status-unavailable", "good"]);
    assert.match(report.revocation?.trouble.join(" ") ?? "", /Test Organisation Cards CA/u);
  });

  // The last two: what they revoke stays so.
  test("T40 a card of a revoked CA is refused though OCSP calls the card good", async () => {
    pki.revokeIssuer();
    assert.deepEqual(await says("ec"), ["issuer-revoked", "good", "ocsp"]);
    assert.deepEqual(await says("ec", fresh({ revocation: "soft" })), ["issuer-revoked", "good", "ocsp"]);
  });

  test("T40 a card below a revoked intermediate is refused", async () => {
    pki.revokeIntermediate();
    assert.deepEqual(await says("ec"), ["issuer-revoked", "good", "ocsp"]);
  });
});
