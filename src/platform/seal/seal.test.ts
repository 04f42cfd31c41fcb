import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../kernel/secret.ts";
import { makeKeyring } from "./index.ts";

const place = { table: "totp", column: "secret", row: "a" };
const first = new Secret("first secret, long enough for a test");
const second = new Secret("second secret, long enough for a test");

test("T100 a sealed value opens in its own row only", () => {
  const keyring = makeKeyring([first]);
  const sealed = keyring.seal(place, "seed");
  assert.equal(keyring.open(place, sealed).toString(), "seed");
  assert.throws(() => keyring.open({ ...place, row: "b" }, sealed));
  assert.throws(() => keyring.open({ ...place, column: "key" }, sealed));
});

test("a changed byte is noticed", () => {
  const keyring = makeKeyring([first]);
  const sealed = keyring.seal(place, "seed");
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  assert.throws(() => keyring.open(place, sealed));
});

test("OPS-5 a new secret in front opens what the old one sealed, and hashes stay as they were", () => {
  const before = makeKeyring([first]);
  const after = makeKeyring([second, first]);
  assert.equal(after.open(place, before.seal(place, "seed")).toString(), "seed");
  assert.throws(() => before.open(place, after.seal(place, "seed")));
  assert.deepEqual(after.hash("link", "token"), before.hash("link", "token"));
});

test("the same value sealed twice differs, and hashes of other purposes differ", () => {
  const keyring = makeKeyring([first]);
  assert.notDeepEqual(keyring.seal(place, "seed"), keyring.seal(place, "seed"));
  assert.notDeepEqual(keyring.hash("link", "token"), keyring.hash("pin", "token"));
});
