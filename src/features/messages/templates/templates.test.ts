import assert from "node:assert/strict";
import { test } from "node:test";
import { gsm7Length } from "../../../kernel/gsm7.ts";
import { type Language, languages } from "../../../kernel/language.ts";
import { noticeTemplates } from "../contract.ts";
import type { Letterhead, Outgoing } from "../index.ts";
import { contrast, readableColour } from "./colour.ts";
import { render } from "./index.ts";

const letterhead: Letterhead = {
  organisationId: "5c7d31f4-25c3-4b0c-9f6c-5f1b6f3c8a11",
  name: { fi: "Koivulan hyvinvointialue", sv: "Koivula välfärdsområde", en: "Koivula Wellbeing Services County" },
  smsName: "Koivulan hyvinvointialue Åö 30",
  brandColour: "#ffcc00",
  support: [
    { kind: "general", phone: "+358 16 555 0100", email: "tuki@koivula.example", hours: { fi: "ma-pe 8-16" } },
    { kind: "password", phone: "+358 16 555 01123", hours: { fi: "aina", sv: "alltid", en: "always" } },
  ],
};
// 23:59 on the longest day of the calendar, in the Helsinki of winter.
const at = new Date("2026-12-28T21:59:00Z");
const url = "https://login.example.fi/activate/q7Jx0mPZ";

const invitation = (language: Language, over: Partial<Outgoing<"invitation">["parameters"]> = {}) => ({
  template: "invitation" as const,
  channel: "email" as const,
  parameters: {
    firstName: "Aino",
    application: { fi: "Potilastiedot", sv: "Patientuppgifter", en: "Patient records" },
    url,
    phone: "+358401234567",
    pinOnRequest: false,
    until: at,
    ...over,
  },
  to: "aino@example.fi",
  language,
  letterhead,
  expiresAt: at,
});

const password = "ck4t-93fh-xrpd-7m9k";
const ready = {
  firstName: "Aino",
  application: { fi: "Potilastiedot", sv: "Patientuppgifter", en: "Patient records" },
  url: "https://login.example.fi/sign-in?organisation=koivula",
  userName: "virtaai",
  phone: "+358401234567",
  until: at,
};

/** Every template by every channel that it goes by, in one language. */
function everyMessage(language: Language, head: Letterhead = letterhead): Outgoing[] {
  const common = { language, letterhead: head, expiresAt: at };
  const email = { ...common, channel: "email" as const, to: "aino@example.fi" };
  const sms = { ...common, channel: "sms" as const, to: "+358401234567" };
  const linked = { template: "method-linked" as const, parameters: { method: "totp", at } };
  const changed = { template: "password-changed" as const, parameters: { at } };
  const removed = { template: "method-removed" as const, parameters: { method: "totp", at } };
  const frozen = { template: "account-frozen" as const, parameters: { at } };
  const contact = { template: "contact-changed" as const, parameters: { at, email: "aino.virta@koivula.example" } };
  const copied = { template: "passkey-copied" as const, parameters: { at } };
  return [
    { ...invitation(language), letterhead: head },
    {
      ...email,
      template: "directory-late",
      parameters: { directory: "entra", organisation: "koivula", late: 1, failed: 2 },
    },
    { ...invitation(language, { pinOnRequest: true, application: null }), letterhead: head },
    { ...invitation(language, { phone: null }), letterhead: head },
    { ...sms, template: "pin", parameters: { pin: "123456" } },
    { ...sms, template: "pin-new", parameters: { pin: "123456" } },
    { ...email, ...linked },
    { ...sms, ...linked },
    { ...email, ...changed },
    { ...sms, ...changed },
    { ...email, template: "account-ready", parameters: ready },
    { ...email, template: "account-ready", parameters: { ...ready, application: null } },
    { ...sms, template: "temporary-password", parameters: { password } },
    { ...email, template: "temporary-password-new", parameters: { password, until: at } },
    { ...sms, template: "temporary-password-new", parameters: { password, until: at } },
    { ...email, template: "password-changed", parameters: { at, cardEnded: true } },
    { ...sms, template: "password-changed", parameters: { at, cardEnded: true } },
    { ...email, template: "password-ended", parameters: { at, cardEnded: false } },
    { ...email, template: "password-ended", parameters: { at, cardEnded: true } },
    { ...email, template: "card-expiry", parameters: { until: at, ended: false } },
    { ...email, template: "card-expiry", parameters: { until: at, ended: true } },
    { ...email, template: "password-link", parameters: { url, until: at } },
    ...(["temporary", "guest", "not-activated", "no-password", "nothing-linked"] as const).map(
      (reason) => ({ ...email, template: "password-link-none", parameters: { reason, url } }) as const,
    ),
    ...(["guest", "not-bound", "document", "frozen"] as const).map(
      (kind) => ({ ...email, template: "case-opened", parameters: { reference: "K7M-2PX-94", kind } }) as const,
    ),
    { ...email, template: "case-confirm", parameters: { url, until: at } },
    { ...email, template: "case-decided", parameters: { reference: "K7M-2PX-94", until: at } },
    { ...email, template: "case-decided", parameters: { reference: "K7M-2PX-94", until: null } },
    { ...email, ...removed },
    { ...sms, ...removed },
    { ...email, ...frozen },
    { ...sms, ...frozen },
    { ...email, ...copied },
    { ...sms, ...copied },
    { ...email, ...contact },
    { ...sms, ...contact },
    { ...email, template: "contact-changed", parameters: { at, phone: null, userNameChanged: true } },
    { ...email, template: "contact-changed", parameters: { at, phone: "+358401234567" } },
  ];
}

const rendered = (message: Outgoing) => render(message, "Europe/Helsinki");
const letterOf = (message: Outgoing) => {
  const made = rendered(message);
  assert.ok(made.channel === "email");
  return made;
};
const textOf = (html: string) => html.replace(/<head>.*?<\/head>|<!--.*?-->|<[^>]+>/gs, " ").replace(/[ \n]+/g, " ");

for (const language of languages) {
  test(`MSG-2 every template renders in ${language}, text and HTML, with no placeholder left`, () => {
    for (const message of everyMessage(language)) {
      const made = rendered(message);
      const all = JSON.stringify(made);
      assert.doesNotMatch(all, /\{\{|\}\}|undefined|\[object|messages:/, message.template);
      if (made.channel === "email") {
        assert.ok(made.subject.length > 10 && made.subject.length < 100);
        assert.match(made.html, new RegExp(`<html lang="${language}">`));
        assert.equal(made.fromName, letterhead.name[language]);
        for (const part of [made.text, made.html]) assert.match(part, /\+358 16 555/);
      }
    }
  });

  test(`MSG-2 text messages in ${language} are GSM-7 and one message, at their longest`, () => {
    const withoutPhone = { ...letterhead, support: [{ kind: "general", email: "tuki@koivula.example" }] };
    const longPhone = { ...letterhead, support: [{ kind: "general", phone: "+358 (0)16 555 0112 345 678 900" }] };
    assert.equal(letterhead.smsName.length, 30);
    for (const message of [letterhead, withoutPhone, longPhone].flatMap((head) => everyMessage(language, head))) {
      const made = rendered(message);
      if (made.channel === "email") continue;
      const septets = gsm7Length(made.text);
      assert.ok(septets !== undefined && septets <= 160, `${septets}: ${made.text}`);
      assert.doesNotMatch(made.text, /https?:|www\./);
    }
  });
}

test("MSG-2 a PIN stands in the first 70 characters, on no line of its own with more behind it", () => {
  for (const language of languages) {
    const [pin] = everyMessage(language).filter(({ template }) => template === "pin");
    assert.ok(pin);
    const { text } = rendered(pin);
    assert.ok(text.indexOf("123456") > 0 && text.indexOf("123456") < 70, text);
  }
});

test("MSG-2 nothing follows a temporary password on its line, so that no full stop is copied with it", () => {
  for (const language of languages)
    for (const message of everyMessage(language).filter(({ template }) => template.startsWith("temporary-password"))) {
      const { text } = rendered(message);
      assert.match(text, new RegExp(`^${password}$`, "m"));
      if (message.channel === "sms") assert.ok(text.indexOf(password) < 70, text);
    }
});

test("MSG-2 the invitation says what it is, the same in text and HTML", () => {
  const { subject, text, html } = letterOf(invitation("fi"));
  assert.equal(subject, "Kutsu: ota tilisi käyttöön (Koivulan hyvinvointialue)");
  for (const words of [
    "Hei Aino,",
    "Organisaatio Koivulan hyvinvointialue on kutsunut sinut käyttämään palvelua Potilastiedot.",
    "numeroon ••\u00a0•••\u00a0••67",
    "28. joulukuuta 2026 asti",
    "Käyttäjätuki: +358 16 555 0100, tuki@koivula.example, ma-pe 8-16",
  ])
    for (const part of [text, textOf(html).replace(/ ,/g, ",")]) assert.ok(part.includes(words), `${words} in ${part}`);
  assert.match(
    text,
    new RegExp(`^${url}$`, "m"),
    "the link has a line of its own, so that no full stop is copied with it",
  );
});

test("MSG-2 no number in full, no family name, no address of the person in an invitation", () => {
  const { text, html } = letterOf(invitation("en"));
  for (const part of [text, html]) assert.doesNotMatch(part, /401234567|aino@/);
});

test("MSG-4 the only links are the activation page, the support's address and number; no script, form or picture", () => {
  for (const message of everyMessage("sv")) {
    const made = rendered(message);
    if (made.channel !== "email") continue;
    const links = [...made.html.matchAll(/(?:href|src|action|background)="([^"]*)"/g)].map(([, link]) => link);
    const expected = "url" in message.parameters ? [message.parameters.url, message.parameters.url] : [];
    assert.deepEqual(
      links.filter((link) => !/^(mailto|tel):/.test(link ?? "")),
      expected,
    );
    assert.doesNotMatch(made.html, /<(script|form|img|iframe|style|link)\b/i);
  }
});

test("REC-8 MSG-4 a notice's link says that it was not them; a text message and every other letter has none", () => {
  const notMe = "https://login.example.fi/not-me/q7Jx0mPZ";
  for (const language of languages)
    for (const message of everyMessage(language)) {
      const made = render(message, "Europe/Helsinki", notMe);
      const links = made.channel === "email" ? made.html.split(`"${notMe}"`).length - 1 : 0;
      const isNotice = noticeTemplates.some((template) => template === message.template);
      assert.equal(links, isNotice && message.channel === "email" ? 2 : 0, message.template);
      if (links > 0) assert.match(made.text, new RegExp(`^${notMe}$`, "m"));
    }
});

test("T12 names with markup, templates, line breaks, turned letters or endless length stay harmless text", () => {
  const nasty = "<img src=x onerror=alert(1)> {{7*7}} {{url}} $t(x)\r\nBcc: evil@example.org\u202e\u0000";
  const name = { fi: nasty, sv: nasty, en: nasty };
  for (const language of languages) {
    const head = {
      ...letterhead,
      name,
      support: [{ kind: "general", name, phone: '"><script>', email: nasty, hours: name }],
    };
    const message = { ...invitation(language, { firstName: nasty, application: name }), letterhead: head };
    const { subject, text, html, fromName } = letterOf(message);
    assert.doesNotMatch(html, /<img|<script/);
    assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt; \{\{7\*7\}\} \{\{url\}\} \$t/);
    assert.match(text, /<img src=x onerror=alert\(1\)> \{\{7\*7\}\} \{\{url\}\} \$t/);
    for (const part of [subject, fromName]) assert.doesNotMatch(part, /\p{C}/u);
    for (const part of [text, html]) assert.doesNotMatch(part, /^Bcc:|[^\n\P{C}]/mu);
    const long = letterOf(invitation(language, { firstName: "Å".repeat(10_000) }));
    assert.ok(long.text.length < 2000);
  }
});

test("USR-7 a notice says what happened, when, and whom to turn to", () => {
  const letters = everyMessage("en").filter(
    ({ channel, template }) => channel === "email" && /^(?:method-linked|password-changed)$/.test(template),
  );
  const [linked, changed] = letters.map(letterOf);
  assert.match(linked?.text ?? "", /linked to your account on 28 December 2026 at 23:59: authenticator app\./);
  assert.match(changed?.text ?? "", /password of your account was changed on 28 December 2026 at 23:59\./);
  for (const made of [linked, changed])
    assert.match(made?.text ?? "", /contact user support at once.*\+358 16 555 01123, always/s);
});

test("USR-7 a method without words of its own is told all the same", () => {
  const common = { language: "sv" as const, letterhead, expiresAt: at, channel: "email" as const, to: "a@example.fi" };
  const { text } = letterOf({ ...common, template: "method-linked", parameters: { method: "new-one", at } });
  assert.match(text, /kl\. 23[.:]59: inloggningssätt\./);
});

test("GUI-2 every brand colour becomes readable on a letter, and one that is readable stays as it is", () => {
  for (let red = 0; red < 256; red += 51)
    for (let green = 0; green < 256; green += 51)
      for (let blue = 0; blue < 256; blue += 51) {
        const colour = `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
        const readable = readableColour(colour);
        for (const ground of ["#ffffff", "#f1f3ef"]) assert.ok(contrast(readable, ground) >= 4.5, colour);
        if (contrast(colour, "#f1f3ef") >= 4.5) assert.equal(readable, colour);
      }
  assert.equal(readableColour(null), "#0f5a4c");
  assert.equal(readableColour("javascript:alert(1)"), "#0f5a4c");
});
