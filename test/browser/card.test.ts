import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { minutes } from "../../src/kernel/time.ts";
import { type Key, translator } from "../../src/platform/i18n/index.ts";
import { type CardService, openCardService } from "../grounds/card-service.ts";
import { type CardBrowser, noCardBrowser, openCardBrowser } from "../harness/card-reader.ts";
import { freePort } from "../harness/free-port.ts";
import { invitedWithPin, makeOrganisation } from "../harness/people.ts";
import { type Hands, keyboard, mouse, type Window, type WindowOptions } from "../harness/real-browser.ts";

const skip = noCardBrowser();
let service: CardService;
let browser: CardBrowser;

before(async () => {
  if (skip) return;
  service = await openCardService();
  browser = await openReader();
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const cards = ["ec", "rsa", "p256", "same-name", "org", "signature", "expired"];

const openReader = (given: { pin?: string } = {}) =>
  openCardBrowser({ pki: service.pki, cards, origins: [`https://card.localhost:${service.cardPort}`], ...given });

let count = 0;
const organisation = (at = service): Promise<Organisation> => {
  count += 1;
  const methods = { staff: { permitted: ["certificate", "totp", "passkey"] } };
  return makeOrganisation(at, `cards-${count}`, { policy: { methods } });
};

/** A person before a window, whose pages are held to their promises by `see`; `end` says which were not kept. */
async function personAt(options: WindowOptions & { language: Language }, { hands = mouse, at = browser } = {}) {
  const { language } = options;
  const t = translator(language);
  const window: Window = await at.window(options);
  const { page } = window;
  const problems: string[] = [];
  const stand = (key: Key, context = "") =>
    page.getByRole("heading", { level: 1, name: t(key, { context }), exact: true }).waitFor();
  return {
    page,
    t,
    stand,
    press: (key: Key) => hands.press(page, t(key)),
    fill: (fields: Readonly<Record<string, string>>) => hands.fill(page, fields),
    see: async (key: Key, title: string, context = "") => {
      await stand(key, context);
      problems.push(...(await window.look(title)));
    },
    end: async () => {
      await window.close();
      assert.deepEqual(problems, []);
    },
  };
}

type Person = Awaited<ReturnType<typeof personAt>>;

/** To the page that asks for the card. */
async function toShow({ page, press, stand }: Person, { slug }: Organisation, at = service) {
  await page.goto(`${at.url}/sign-in?organisation=${slug}&to=account`);
  await press("certificate:continue");
  await stand("certificate:show");
}

type Variant = WindowOptions & { language: Language; hands?: Hands; card: string };
const variants: [what: string, variant: Variant][] = [
  ["an EC card, in Finnish, 320 pixels wide", { language: "fi", width: 320, card: "ec" }],
  ["an RSA card, in Swedish, dark", { language: "sv", scheme: "dark", card: "rsa" }],
  ["a card, in English by keyboard alone", { language: "en", width: 390, hands: keyboard, card: "p256" }],
  ["a card, in English without JavaScript", { language: "en", javaScript: false, card: "ec" }],
];
for (const [what, { hands = mouse, card, ...options }] of variants) {
  const name = `card-${options.language}${options.javaScript === false ? "-plain" : ""}`;
  test(`ACT-7 SIN-4 GUI-1 GUI-2 activated, and signed in without user name, by ${what}`, { skip }, async () => {
    const own = await organisation();
    const { language } = options;
    const { link, pin, email } = await invitedWithPin(service, own, { language });
    await browser.insertCard(card);
    const person = await personAt({ ...options, name }, { hands });
    const { page, see, press } = person;
    await page.goto(link);
    await person.fill({ pin });
    await see("journey:choose-method", "1-choose");
    await press("certificate:name");
    await see("certificate:link", "2-link");
    await press("certificate:show-it");
    await see("activation:done-title", "3-done");
    await page.goto(`${service.url}/account`);
    await see("account:title", "4-account");
    await press("common:sign-out");
    await person.stand("account:signed-out");

    await toShow(person, own);
    await see("certificate:show", "5-show");
    await press("certificate:show-it");
    await person.stand("account:title");
    await page.getByText(email).first().waitFor();
    await person.end();
  });
}

const everyLanguage: (WindowOptions & { language: Language })[] = [
  { language: "fi", width: 320 },
  { language: "sv", width: 1280, scheme: "dark" },
  { language: "en", width: 390 },
];

test("SIN-4 SIN-12 a wrong PIN shows no certificate: the page says what to look at, and another way leads on", {
  skip,
}, async () => {
  const own = await organisation();
  await service.activated(own, "ec");
  const mistaken = await openReader({ pin: "9999" });
  try {
    for (const options of everyLanguage) {
      const person = await personAt({ ...options, name: `card-trouble-${options.language}` }, { at: mistaken });
      await toShow(person, own);
      await person.press("certificate:show-it");
      await person.see("certificate:none", "none");
      await person.page.getByText(person.t("certificate:is-pin"), { exact: true }).waitFor();
      await person.press("common:try-another-way");
      await person.press("totp:continue");
      await person.stand("password:sign-in");
      await person.page.goto(`${service.url}/test/certificate`);
      await person.press("certificate:test-do");
      await person.see("certificate:none", "test-none");
      await person.end();
    }
  } finally {
    await mistaken.close();
  }
});

test("T39 SIN-12 a card that was revoked meanwhile, and one of nobody's, say so in every language", {
  skip,
}, async () => {
  const own = await organisation();
  await service.activated(own, "org");
  await browser.insertCard("org");
  const holder = await personAt({ language: "en" });
  await toShow(holder, own);
  await holder.press("certificate:show-it");
  await holder.stand("account:title");
  await holder.end();
  service.pki.revoke("org");
  for (const [card, heading] of [
    ["org", "certificate:revoked"],
    ["same-name", "certificate:not-linked"],
  ] as const) {
    await browser.insertCard(card);
    for (const options of everyLanguage) {
      const person = await personAt({ ...options, name: `card-trouble-${options.language}` });
      await toShow(person, own);
      await person.press("certificate:show-it");
      await person.see(heading, card);
      await person.page.goto(`${service.url}/test/certificate`);
      await person.press("certificate:test-do");
      await person.see(card === "org" ? "certificate:test-bad" : "certificate:test-good", `test-${card}`);
      await person.end();
    }
  }
});

test("SIN-12 a card that was pulled out shows nothing, and the browser remembers that until it is closed", {
  skip,
}, async () => {
  const own = await organisation();
  await service.activated(own, "ec");
  await browser.insertCard("ec");
  const person = await personAt({ language: "en" });
  await toShow(person, own);
  await browser.pullCard();
  await person.press("certificate:show-it");
  await person.stand("certificate:none");
  await browser.insertCard("ec");
  await person.press("common:try-again");
  await person.stand("certificate:none");
  await person.page.getByText(person.t("certificate:remembers"), { exact: true }).waitFor();
  await person.end();
  const fresh = await personAt({ language: "en" });
  await toShow(fresh, own);
  await fresh.press("certificate:show-it");
  await fresh.stand("account:title");
  await fresh.end();
});

test("T42 at a shared workstation the next person's card is not the session's, nor remembered under names of their own", {
  skip,
}, async () => {
  const port = await freePort();
  const at = await openCardService({
    env: { VAHVA_CARD_URL: `https://*.card.localhost:${port}`, VAHVA_CARD_PORT: String(port) },
  });
  const [first, second] = ["ec", "rsa"] as const;
  const reader = await openCardBrowser({
    pki: at.pki,
    cards: [first, second],
    origins: [`https://[*.]card.localhost:${port}`],
  });
  try {
    const own = await organisation(at);
    const { email } = await at.activated(own, first);
    const next = await at.activated(own, second);
    const person = await personAt({ language: "en", name: "card-shared" }, { at: reader });
    const { page, press, stand } = person;
    await toShow(person, own, at);
    await press("certificate:show-it");
    await stand("account:title");
    await page.getByText(email).first().waitFor();

    at.clock.advance(minutes(6));
    await page.goto(`${at.url}/account`);
    await mouse.press(page, `${person.t("account:link")} ${person.t("passkey:name")}`);
    await stand("certificate:show");
    await reader.insertCard(second);
    await press("certificate:show-it");
    await person.see("certificate:not-linked", "not-linked", "known");
    await reader.insertCard(first);
    await press("common:try-again");
    await stand("passkey:make");

    await page.goto(`${at.url}/account`);
    await press("common:sign-out");
    await stand("account:signed-out");
    await reader.insertCard(second);
    await toShow(person, own, at);
    await press("certificate:show-it");
    await stand("account:title");
    await page.getByText(next.email).first().waitFor();
    await person.end();
  } finally {
    await reader.close();
    await at.close();
  }
});

for (const options of [...everyLanguage, { language: "fi", javaScript: false } as const]) {
  const plain = "javaScript" in options ? "-plain" : "";
  test(`USR-5 the card test in ${options.language}${plain && ", without JavaScript"}`, {
    skip,
  }, async () => {
    await browser.insertCard("ec");
    const person = await personAt({ ...options, name: `card-test-${options.language}${plain}` });
    await person.page.goto(`${service.url}/test/certificate`);
    await person.see("certificate:test", "1-test");
    await person.press("certificate:test-do");
    await person.see("certificate:test-good", "2-good");
    await person.end();
  });
}

test("USR-5 T39 Chromium keeps back what has expired and what is for signatures only: it shows no certificate", {
  skip,
}, async () => {
  for (const card of ["expired", "signature"]) {
    await browser.insertCard(card);
    const person = await personAt({ language: "en" });
    await person.page.goto(`${service.url}/test/certificate`);
    await person.press("certificate:test-do");
    await person.stand("certificate:none");
    await person.end();
  }
});
