import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseLanguage,
  compareNames,
  formatDate,
  formatDateTime,
  formatList,
  formatNumber,
  formatTime,
  type Key,
  plainText,
  smsText,
  translator,
} from "./index.ts";

const instant = new Date("2026-12-14T07:05:00Z");

test("dates are written as in Finland, in Swedish too", () => {
  assert.equal(formatDate(instant, "fi"), "14.12.2026");
  assert.equal(formatDate(instant, "sv"), "14.12.2026");
  assert.equal(formatDate(instant, "en"), "14 Dec 2026");
  assert.equal(formatDate(instant, "fi", "long"), "14. joulukuuta 2026");
  assert.equal(formatDateTime(instant, "fi"), "14.12.2026 klo 9.05");
  assert.equal(formatDateTime(instant, "sv"), "14.12.2026 9.05");
  assert.equal(formatDateTime(instant, "sv", "long"), "14 december 2026 kl. 9.05");
  assert.equal(formatDateTime(instant, "en", "long"), "14 December 2026 at 09:05");
  assert.deepEqual(
    [formatTime(instant, "fi"), formatTime(instant, "sv"), formatTime(instant, "en")],
    ["9.05", "9.05", "09:05"],
  );
});

test("the time zone is Finland's unless another is given", () => {
  assert.equal(formatTime(instant, "sv", "Europe/Stockholm"), "8.05");
  assert.equal(formatDate(new Date("2026-12-13T22:30:00Z"), "fi"), "14.12.2026");
});

test("a text message has no fixed spaces, minus signs or soft hyphens", () => {
  assert.equal(smsText(formatNumber(-12345.6, "fi")), "-12 345,6");
  assert.equal(smsText("kerta\u00ADkirjautuminen\u202F1"), "kertakirjautuminen 1");
  assert.equal(plainText("kerta\u00ADkirjautuminen\u00A01"), "kertakirjautuminen\u00A01");
});

test("lists and names follow the language", () => {
  assert.equal(formatList(["pankkitunnuksilla", "kortilla"], "fi", "or"), "pankkitunnuksilla tai kortilla");
  assert.deepEqual(["Öhman", "Aalto", "Zen"].sort(compareNames("en")), ["Aalto", "Zen", "Öhman"]);
});

test("a value with the marks of a placeholder stays a value", () => {
  const step = translator("en")("common:step", { at: "{{of}} $t(common:skip)", of: "<b>" });
  assert.equal(step, "Step {{of}} $t(common:skip) of <b>");
});

test("a sentence that is missing, or misses a value, stops a test", { skip: !process.env.NODE_TEST_CONTEXT }, () => {
  const missing = "common:no-such-words" as Key; // the type would not let it through
  assert.throws(() => translator("fi")(missing), /no words/);
  assert.throws(() => translator("fi")("common:step", { at: 1 }), /no value/);
});

test("GUI-1 the language is what the person chose, else what is known of them, else what the browser says", () => {
  const allowed = ["fi", "sv", "en"] as const;
  const choose = (clues: Partial<Parameters<typeof chooseLanguage>[0]>) =>
    chooseLanguage({ allowed, fallback: "fi", ...clues });
  assert.equal(choose({ query: "sv", cookie: "en", acceptLanguage: "fi" }), "sv");
  assert.equal(choose({ cookie: "en", hints: ["sv"] }), "en");
  assert.equal(choose({ query: "<b>", hints: ["de", "sv-FI"], acceptLanguage: "en" }), "sv");
  assert.equal(choose({ acceptLanguage: "de-DE, en;q=0.5, sv;q=0.8, fi;q=0" }), "sv");
  assert.equal(choose({ acceptLanguage: "de" }), "fi");
  assert.equal(choose({ query: "en", allowed: ["fi", "sv"], acceptLanguage: "sv" }), "sv");
});
