import assert from "node:assert/strict";
import { test } from "node:test";
import { languages } from "../../kernel/language.ts";
import { errorPage, type Failure } from "./error-page.ts";
import { field } from "./fields.ts";
import { html } from "./html.ts";
import { journeyPage, type PageView } from "./page.ts";
import { keyInGroups, qr, supportContacts } from "./pieces.ts";

const view = {
  language: "sv",
  title: "Logga in i potentiell\u00ADtjänst",
  organisation: { name: "Kund & Co", brandColour: "#A3195B" },
  main: html`<p>huvud</p>`,
  languageLinks: { fi: "?lang=fi", sv: "?lang=sv", en: "?lang=en" },
  demo: false,
} as const satisfies PageView;

test("GUI-1 every page says its language and offers the others", () => {
  const page = journeyPage({ ...view, help: html`` });
  assert.match(page, /<html lang="sv">/);
  assert.match(page, /<a href="\?lang=sv" lang="sv" hreflang="sv" aria-current="true">Svenska<\/a>/);
  assert.match(page, /<a href="\?lang=fi" lang="fi" hreflang="fi">Suomi<\/a>/);
  assert.match(page, /<title>Logga in i potentielltjänst – Kund &amp; Co<\/title>/);
});

test("POL-4 an organisation's colour comes by its own address, and a wrong one is left out", () => {
  assert.match(journeyPage({ ...view, help: html`` }), /href="\/brand\/a3195b\.css"/);
  const wrong = { ...view, organisation: { name: "K", brandColour: "red;}body{" }, help: html`` };
  assert.doesNotMatch(journeyPage(wrong), /\/brand\//);
});

test("no page has a script or a style in itself, or an address elsewhere", () => {
  const page = journeyPage({ ...view, demo: true, help: html`` });
  assert.doesNotMatch(page, /<script(?! src="\/assets\/[\w.]+" defer><\/script>)|<style|style=|\son\w+=|https?:/);
});

test("the demonstration says so on every page, and nothing else does", () => {
  assert.match(journeyPage({ ...view, demo: true, help: html`` }), /class="demo".*demonstration/);
  assert.doesNotMatch(journeyPage({ ...view, help: html`` }), /class="demo"/);
});

test("AUD-4 a password or a code that was posted is never sent back", () => {
  const password = field({ id: "password", label: "P", type: "password", value: "hunter2" });
  const code = field({ id: "code", label: "C", code: true, value: "123456" });
  assert.doesNotMatch(`${password}${code}`, /hunter2|123456/);
  assert.match(`${code}`, /autocomplete="one-time-code"/);
  assert.match(`${field({ id: "email", label: "E", type: "email", value: "a@b.fi" })}`, /value="a@b\.fi"/);
});

test("GUI-2 a refused field points to its hint and its error", () => {
  const refused = `${field({ id: "pin", label: "PIN", hint: "Six digits", error: "Wrong", code: true })}`;
  assert.match(refused, /aria-invalid="true" aria-describedby="pin-hint pin-error"/);
  assert.match(refused, /id="pin-hint".*id="pin-error".*<input/);
});

test("SIN-12 every failure shows what happened, what to do, a reference, contacts and a way on", () => {
  const failures = [
    "fault",
    "not-found",
    "page-expired",
    "too-many-requests",
    "bad-request",
    "method-not-allowed",
    "cookies-needed",
    "forbidden",
    "busy",
    "unavailable",
  ] as const satisfies Failure[];
  for (const language of languages)
    for (const failure of failures) {
      const contacts = [{ kind: "technical", phone: "016 555 0119", hours: { fi: "Arkisin" } }] as const;
      const at = new Date("2026-11-22T01:07:00Z");
      const page = errorPage({ ...view, language, failure, reference: "H2V-6KD-50", at, contacts });
      for (const part of [/<h1>./, /class="lede">./, /<p><b>./, /H2V-6KD-50/, /tel:0165550119/, /class="btn" href="\//])
        assert.match(page, part, `${language} ${failure}`);
    }
});

test("WCAG 3.1.2 an organisation's words in another language say which", () => {
  const contacts = [{ kind: "rights", hours: { fi: "Arkisin" } }] as const;
  assert.match(`${html`${supportContacts(contacts, "sv")}`}`, /<span lang="fi">Arkisin<\/span>/);
  assert.doesNotMatch(`${html`${supportContacts(contacts, "fi")}`}`, /lang="fi"/);
});

test("USR-2 the picture of a key has a name and no style, and the key is in groups of four", async () => {
  const picture = `${await qr("otpauth://totp/x?secret=ABCD", 'QR "code"')}`;
  assert.match(picture, /<svg role="img" aria-label="QR &quot;code&quot;"/);
  assert.doesNotMatch(picture, /style=/);
  assert.equal(`${keyInGroups("ABCDEFGH")}`, '<p class="key"><span>ABCD </span><span>EFGH </span></p>');
});
