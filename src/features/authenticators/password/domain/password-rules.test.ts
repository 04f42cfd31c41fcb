import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkPassword, type PasswordRules } from "./password-rules.ts";

const list = new Set(["password", "salasana", "trustno1", "läsnä oleva salasana"]);
const rules: PasswordRules = { minimumLength: 12, contextWords: [], isCommon: (text) => list.has(text) };
const check = (password: string, more: Partial<PasswordRules> = {}) => checkPassword(password, { ...rules, ...more });

test("USR-8 twelve code points are enough, eleven are not, whatever they are made of", () => {
  assert.equal(check("vihreä sohva"), "accepted");
  assert.deepEqual(check("vihreä sohv"), ["too-short"]);
  assert.equal(check("🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧"), "accepted");
  assert.deepEqual(check("🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔"), ["too-short"]);
  assert.equal(check("short one", { minimumLength: 8 }), "accepted");
});

test("USR-8 no composition is asked for: one case, no digit, spaces at either end are fine", () => {
  for (const password of ["vihreäsohvalaulaa", " vihreä sohva ", "VIHREÄ SOHVA LAULAA", "839201746352"]) {
    assert.equal(check(password), "accepted", password);
  }
});

test("USR-8 up to 256 code points, also of emoji; no more", () => {
  assert.equal(check("a1-b".repeat(64)), "accepted");
  assert.equal(check("🙂".repeat(64)), "accepted");
  assert.equal(check("🙂".repeat(256)), "accepted");
  assert.deepEqual(check("🙂".repeat(257)), ["too-long"]);
  assert.deepEqual(check("ﷺ".repeat(200)), ["too-long"], "as normalised, not as typed");
});

test("USR-8 T15 a megabyte is refused for its length alone", () => {
  assert.deepEqual(check("x".repeat(1_000_000)), ["too-long"]);
});

test("USR-8 repetitions and runs are patterns", () => {
  for (const password of [
    "aaaaaaaaaaaa",
    "123456789012",
    "abcabcabcabc",
    "qwertyuiopasdf",
    "987654321098",
    "abcdefghijkl",
    "qwertyuiop123",
    "aaaaaa111111",
    "            ",
  ]) {
    assert.deepEqual(check(password), ["pattern"], password);
  }
});

test("USR-8 a listed word with digits, signs or clever letters is common", () => {
  for (const password of [
    "Salasana2026!",
    "p4ssw0rd1234",
    "P@$$w0rd!!!!",
    "!!2026Password",
    "s.a.l.a.s.a.n.a",
    "salasana31121999",
    "passwordpassword1",
    "Läsnä Oleva Salasana",
  ]) {
    const faults = check(password);
    assert.ok(faults !== "accepted" && faults.includes("common"), password);
  }
});

test("USR-8 a listed word among others, or with a secret of its own beside it, is no fault", () => {
  for (const password of ["salasana on piilossa", "password8294710365"])
    assert.equal(check(password), "accepted", password);
});

test("USR-8 T14 names of the organisation, the person and the account are refused, in disguise too", () => {
  const contextWords = ["Esimerkin kunta", "Åsa Öhman-Virtanen", "asa.ohman@hyvinvointi.test"];
  for (const password of [
    "Esimerkin2026",
    "esim3rk1n-avain",
    "virtanen ja vuosi",
    "V1RT4N3N!!!!!",
    "asaohman12345",
    "Åsa.Öhman.1985",
    "hyvinvointi-26",
  ]) {
    assert.deepEqual(check(password, { contextWords }), ["contains-context"], password);
  }
});

test("USR-8 a short name inside a long passphrase is no fault", () => {
  const contextWords = ["Kela", "Åsa", "Li", "Oy Ab", ""];
  assert.equal(check("makelantien vihreä kuutamo", { contextWords }), "accepted");
  assert.deepEqual(check("kela20262026", { contextWords }), ["contains-context"]);
});

test("USR-8 the current password is no new one, and every fault is told", () => {
  assert.deepEqual(check("vihreä sohva", { isCurrent: true }), ["same-as-current"]);
  assert.deepEqual(check("password1", { isCurrent: true }), ["too-short", "common", "same-as-current"]);
});

test("USR-8 any text is judged without a fault of ours, and the same in NFC and NFD", () => {
  const text = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (password, contextWords) => {
      const judged = check(password, { contextWords });
      assert.deepEqual(judged, check(password.normalize("NFKC"), { contextWords }));
    }),
  );
});
