import assert from "node:assert/strict";
import { test } from "node:test";
import { gsm7Length, isGsm7, smsParts } from "./gsm7.ts";

test("MSG-2 Finnish and Swedish letters are in the GSM alphabet and cost one septet", () => {
  assert.equal(gsm7Length("Hyvää päivää, Åsa Öhman, é ü"), 28);
  assert.ok(isGsm7("PIN-koodisi on 123456.\nÄlä anna sitä kenellekään."));
});

test("MSG-2 brackets and the euro sign cost two septets", () => {
  assert.equal(gsm7Length("{}[]\\~^|€"), 18);
});

test("MSG-2 one curly quote, Sámi letter or emoji puts the whole message outside the alphabet", () => {
  for (const text of ["”hei”", "–", "…", "žš", "á", "õ", "đŋŧ", "a\u00a0b", "🙂", "ç"]) {
    assert.equal(gsm7Length(text), undefined, text);
  }
});

test("MSG-2 parts are counted as the operator bills them", () => {
  assert.equal(smsParts("a".repeat(160)), 1);
  assert.equal(smsParts("a".repeat(161)), 2);
  assert.equal(smsParts("a".repeat(307)), 3);
  assert.equal(smsParts("š".repeat(70)), 1);
  assert.equal(smsParts("š".repeat(71)), 2);
  assert.equal(smsParts(`${"a".repeat(69)}🙂`), 2);
});
