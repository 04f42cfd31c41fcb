import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../kernel/secret.ts";
import { systemRandom } from "../../../ports/random.ts";
import { type Hasher, makeHasher } from "./hash.ts";

const cheap = { memory: 64, passes: 1, lanes: 1 };
const hasher = makeHasher({ random: systemRandom, cost: cheap });
const hashed = async (password: string, by: Hasher = hasher): Promise<string> => {
  const result = await by.hash(password);
  assert.ok(result !== "busy");
  return result.hash;
};

test("SIN-3 passwords are hashed with argon2id at OWASP's cost, each with a salt of its own", async () => {
  const usual = makeHasher({ random: systemRandom });
  const hash = await hashed("a password", usual);
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/u);
  assert.notEqual(hash, await hashed("a password", usual));
  assert.equal(await usual.verify(hash, "a password"), "match");
  assert.equal(await usual.verify(hash, "A password"), "no-match");
  assert.ok(!usual.needsRehash(hash));
});

test("USR-8 a password is compared whole, spaces and all: 64 and 65 letters differ (A41)", async () => {
  const hash = await hashed("x".repeat(72));
  assert.equal(await hasher.verify(hash, "x".repeat(73)), "no-match");
  assert.equal(await hasher.verify(hash, "x".repeat(72)), "match");
  assert.equal(await hasher.verify(await hashed(" a "), "a"), "no-match");
  const emoji = "🙂".repeat(128);
  assert.equal(await hasher.verify(await hashed(emoji), emoji), "match");
});

test("USR-8 the same letters typed on two devices are one password: NFC and NFD (A41)", async () => {
  const hash = await hashed("päivää-éé".normalize("NFC"));
  assert.equal(await hasher.verify(hash, "päivää-éé".normalize("NFD")), "match");
});

test("SIN-3 without the pepper, or with another, no password fits", async () => {
  const peppered = (pepper: string) => makeHasher({ random: systemRandom, cost: cheap, pepper: new Secret(pepper) });
  const hash = await hashed("a password", peppered("one"));
  assert.equal(await peppered("one").verify(hash, "a password"), "match");
  assert.equal(await peppered("two").verify(hash, "a password"), "no-match");
  assert.equal(await hasher.verify(hash, "a password"), "no-match");
});

test("SIN-3 an unknown user costs a hash of the same cost and is never right", async () => {
  const usual = makeHasher({ random: systemRandom, concurrency: 1 });
  const answer = usual.verifyNothing("wrong");
  assert.equal(usual.state().running, 1, "it is worked at like any other");
  assert.equal(await answer, "no-match");
  assert.equal(usual.needsRehash(usual.nothing), false, "what it is compared with has the usual cost");
  assert.equal(await usual.verify(usual.nothing, ""), "no-match");
});

test("SIN-3 a hash of another cost asks to be made anew, and still works", async () => {
  const old = await hashed("a password");
  const dearer = makeHasher({ random: systemRandom, cost: { memory: 128, passes: 1, lanes: 1 } });
  assert.ok(dearer.needsRehash(old));
  assert.equal(await dearer.verify(old, "a password"), "match");
});

test("SIN-3 T15 a megabyte never reaches the hash", async () => {
  const huge = "x".repeat(1_000_000);
  const hash = await hashed("a password");
  const answers = [hasher.verify(hash, huge), hasher.verifyNothing(huge)];
  assert.equal(hasher.state().running, 0);
  assert.deepEqual(await Promise.all(answers), ["no-match", "no-match"]);
  await assert.rejects(hasher.hash(huge), /too long/u);
});

test("SIN-3 beyond the queue, everyone is told busy, known or not", async () => {
  const narrow = makeHasher({ random: systemRandom, cost: cheap, concurrency: 1, queue: 1 });
  const hash = await hashed("a password", narrow);
  const answers = await Promise.all([
    narrow.verify(hash, "a password"),
    narrow.verifyNothing("a password"),
    narrow.verify(hash, "a password"),
    narrow.verifyNothing("a password"),
    narrow.hash("a password"),
  ]);
  assert.deepEqual(answers, ["match", "no-match", "busy", "busy", "busy"]);
  assert.equal(narrow.state().turnedAway, 3);
});
