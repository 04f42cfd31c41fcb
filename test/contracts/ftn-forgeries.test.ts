import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type Forgery, forgeries } from "../doubles/ftn-broker/forgeries.ts";
import type { Profile } from "../doubles/ftn-broker/surfaces.ts";
import { type FtnGround, ftnProfiles, makeOwnKeys, type OwnKeys, openFtnGround } from "../grounds/ftn-ground.ts";

// What a false broker, or a false answer, might try on the real adapter. Nothing of it may ever be somebody.

type Expected = Readonly<{ threat: string; reason: string; notOf?: readonly Profile[] }>;

const forged = (reason: string, notOf: readonly Profile[] = []): Expected => ({ threat: "T46", reason, notOf });
const level = (reason: string): Expected => ({ threat: "T47", reason, notOf: ["idura", "signicat"] });

/** The word that goes into the audit for each, and the brokers to whom it means nothing. */
const expected: Record<Forgery, Expected> = {
  "alg-none": forged("signature-not-allowed"),
  "hs256-with-public-key": forged("signature-not-allowed"),
  "signed-by-a-stranger": forged("signature-wrong"),
  "unknown-kid": forged("signature-key-unknown"),
  "retired-key": forged("signature-key-unknown"),
  "key-by-jku": forged("signature-key-unknown"),
  "key-by-jwk": forged("signature-key-unknown"),
  "plain-jws": forged("token-not-encrypted"),
  "not-signed-only-encrypted": forged("token-unreadable"),
  "encrypted-to-another": forged("not-for-our-key"),
  "rsa1-5": forged("encryption-not-allowed"),
  "wrong-audience": forged("audience-differs"),
  "extra-audience-without-azp": forged("audience-differs"),
  "wrong-azp": forged("audience-differs"),
  "missing-nonce": forged("nonce-differs"),
  "old-nonce": forged("nonce-differs"),
  expired: forged("token-expired"),
  "no-exp": forged("token-unreadable"),
  "issued-in-future": forged("token-from-the-future"),
  "wrong-issuer": { threat: "T45", reason: "issuer-differs" },
  "other-environment": level("level-unknown"),
  "unknown-level": level("level-unknown"),
  "no-acr": level("level-missing"),
  "stale-auth-time": { threat: "T48", reason: "authentication-old" },
  "missing-auth-time": { threat: "T48", reason: "authentication-time-missing", notOf: ["idura", "signicat"] },
  "wrong-check-character": forged("identity-code-wrong"),
  "birth-date-mismatch": forged("birth-date-differs"),
  "no-identity": forged("no-identity"),
};

let own: OwnKeys;
before(async () => {
  own = await makeOwnKeys();
});

for (const profile of ftnProfiles)
  describe(profile, () => {
    let ground: FtnGround;
    before(async () => {
      ground = await openFtnGround(profile, own);
      assert.equal((await ground.identify()).result, "identified");
      // What signed until now signs no more, and is published no more.
      await ground.broker.rotateKeys({ overlap: false });
      ground.forget();
    });
    after(() => ground.stop());

    for (const name of Object.keys(forgeries) as Forgery[] /* the keys are of their type */) {
      const { threat, reason, notOf } = expected[name];
      if (notOf?.includes(profile)) continue;
      test(`${threat} an ID token with ${name} is nobody: ${reason}`, async () => {
        ground.broker.answerNext({ idToken: name });
        assert.deepEqual(await ground.identify(), { result: "refused", reason });
        assert.ok(
          ground.broker.log.every(({ at }) => at !== "elsewhere"),
          "where a token pointed, nobody went",
        );
      });
    }

    test("T45 an answer that says that another sent it is nobody's", async () => {
      ground.broker.answerNext({ back: "other-iss" });
      assert.deepEqual(await ground.identify(), { result: "refused", reason: "issuer-differs" });
      if (profile !== "generic") return;
      // This one has promised to say who it is.
      ground.broker.answerNext({ back: "no-iss" });
      assert.deepEqual(await ground.identify(), { result: "refused", reason: "issuer-missing" });
    });

    test("T44 another state, or none, is another request's", async () => {
      for (const back of ["other-state", "no-state"] as const) {
        ground.broker.answerNext({ back });
        assert.deepEqual(await ground.identify(), { result: "refused", reason: "state-differs" });
      }
    });

    test("an answer without a code, an error, or a code that the broker refuses is nobody", async () => {
      const answers = {
        "no-code": { back: "no-code" },
        "broker-denied": { back: "login_required" },
        "code-refused": { token: "refused" },
      } as const;
      for (const [reason, next] of Object.entries(answers)) {
        ground.broker.answerNext(next);
        assert.deepEqual(await ground.identify(), { result: "refused", reason });
      }
      const faults = { server_error: "broker-error", invalid_request: "broker-refused-us" } as const;
      for (const [back, reason] of Object.entries(faults)) {
        ground.broker.answerNext({ back: back as keyof typeof faults }); // of the table above
        assert.deepEqual(await ground.identify(), { result: "unavailable", reason });
      }
    });

    test("T44 an answer is worth something once, and only to the request that it answers", async () => {
      const [first, second, third] = [await ground.leave(), await ground.leave(), await ground.leave()];
      assert.ok(first.result === "left" && second.result === "left" && third.result === "left");
      const answer = await first.goThrough();
      assert.equal((await first.judge(answer)).result, "identified");
      assert.deepEqual(await first.judge(answer), { result: "refused", reason: "code-refused" });
      const anothers = await second.goThrough();
      assert.deepEqual(await third.judge(anothers), { result: "refused", reason: "state-differs" });
      const mixed = await third.judge({ ...anothers, state: third.state });
      assert.ok(mixed.result === "refused", "its nonce or its proof of the code is another's");
    });
  });

describe("T45 who vouches for a broker's keys", () => {
  test("keys that another entity signed, or that are too old, are nobody's", async (t) => {
    for (const profile of ["telia", "op", "generic"] as const)
      for (const keys of ["by-a-stranger", "expired"] as const) {
        const ground = await openFtnGround(profile, own);
        t.after(ground.stop);
        ground.broker.answerNext({ keys });
        const came = await ground.identify();
        assert.deepEqual(came, { result: "unavailable", reason: "keys-unverified" }, `${profile} ${keys}`);
      }
  });

  test("an entity statement counts when its hash is the one that was agreed on", async (t) => {
    const ground = await openFtnGround("telia", own);
    t.after(ground.stop);
    const right = createHash("sha256")
      .update(await ground.broker.entityStatement())
      .digest("hex");
    const hashes = {
      [right]: "identified",
      [right.replace(/^./, (first) => (first === "0" ? "1" : "0"))]: "unavailable",
    };
    for (const [entityStatementSha256, result] of Object.entries(hashes)) {
      ground.forget({}, { entityKey: undefined, entityStatementSha256 });
      const came = await ground.identify();
      assert.equal(came.result, result, JSON.stringify(came));
      assert.ok(came.result !== "unavailable" || came.reason === "entity-statement-changed");
    }
  });

  test("metadata that names another issuer is not the broker's", async (t) => {
    for (const profile of ["idura", "signicat", "generic", "oidc"] as const) {
      const ground = await openFtnGround(profile, own);
      t.after(ground.stop);
      ground.broker.answerNext({ discovery: "other-issuer" });
      const came = await ground.identify();
      assert.deepEqual(came, { result: "unavailable", reason: "discovery-of-another" }, profile);
    }
  });
});

test("T47 a broker of the test environment counts for nothing in production, nor production's in tests", async (t) => {
  for (const environment of ["test", "production"] as const) {
    const broker = await openFtnGround("generic", own, { environment });
    t.after(broker.stop);
    broker.forget({ environment: environment === "test" ? "production" : "test" });
    await assert.rejects(broker.identify(), /level is not one of ours/);
  }
});

test("T47 brokers whose answers don't tell test from real are told apart by where they are", async (t) => {
  const testHosts = {
    idura: "https://vahva.test.idura.broker",
    signicat: "https://vahva.sandbox.signicat.com/auth/open",
  };
  for (const profile of ["idura", "signicat"] as const) {
    const ground = await openFtnGround(profile, own, { settings: { issuer: testHosts[profile] } });
    t.after(ground.stop);
    ground.forget({ environment: "production" });
    assert.deepEqual(await ground.leave(), { result: "unavailable", reason: "test-broker-in-production" });
  }
});

test("T47 Telia's foreigners come without a level, so they don't come in", async (t) => {
  const means = [{ id: "oidc.sk.1", name: "Smart-ID", country: "EE" }];
  const ground = await openFtnGround("telia", own, { settings: { means } });
  t.after(ground.stop);
  const came = await ground.identify({ means: "oidc.sk.1", person: "jaan" });
  assert.deepEqual(came, { result: "refused", reason: "level-missing" });
});
