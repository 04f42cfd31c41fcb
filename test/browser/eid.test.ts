import assert from "node:assert/strict";
import process from "node:process";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { type EidBrokers, knowsBrokers, startBrokers } from "../grounds/eid-brokers.ts";
import { eventually } from "../harness/eventually.ts";
import { invitedWithPin, makeOrganisation } from "../harness/people.ts";
import {
  fillIn,
  type Hands,
  keyboard,
  mouse,
  noBrowser,
  openBrowser,
  type Page,
  type RealBrowser,
  type WindowOptions,
} from "../harness/real-browser.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";
import { watching } from "../harness/watching.ts";

const skip = noBrowser();
const clock = movableClock();
let service: Service;
let brokers: EidBrokers;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([startService({ clock, bank: true }), openBrowser()]);
  brokers = await startBrokers({ url: service.url, clock });
  await brokers.addTo(service.features.identityBrokers);
  await eventually(() => knowsBrokers(service.url, 4)); // the demo's bank besides
});
after(async () => {
  await browser?.close();
  await brokers?.stop();
  await service?.close();
});

let count = 0;

/** An organisation that uses one broker, or all, and its application. */
async function organisation(only?: "demo-bank" | "telia"): Promise<{ own: Organisation; calendar: TestApplication }> {
  count += 1;
  const policy = only ? { eid: { brokers: [only] } } : {};
  const slug = `koivula-${count}`;
  const made = await makeOrganisation(service, slug, { policy });
  const calendar = await startApplication(service, { organisationId: made.id });
  const home = { url: `${calendar.url}/login`, name: appName };
  const changed = await service.features.organisations.changeOrganisation(slug, { home }, { actor: "operator" });
  assert.ok(typeof changed === "object" && "organisation" in changed);
  return { own: changed.organisation, calendar };
}

const appName = { fi: "Kalenteri", sv: "Kalender", en: "Calendar" } as const;
const signedIn = (page: Page) => page.getByText("Signed in", { exact: true }).waitFor();

const mobileId = { fi: "Mobiilivarmenne (demo)", sv: "Mobilcertifikat (demo)", en: "Mobile ID (demo)" } as const;

/** From the e-mail by the bank to the application, out, and in again by Mobile ID. */
async function walk(options: WindowOptions & { language: Language }, hands: Hands = mouse): Promise<void> {
  const { language } = options;
  const t = translator(language);
  const { own, calendar } = await organisation("demo-bank");
  const { email, link, pin } = await invitedWithPin(service, own, { language });
  const window = await browser.window(options);
  const { page } = window;
  const { see, problems } = watching(window, language);
  try {
    await page.goto(link);
    await hands.fill(page, { pin });
    await see(t("journey:choose-method"), "1-choose-method");
    await hands.press(page, t("eid:name"));
    await see(t("eid:choose"), "2-banks");
    await hands.press(page, "Pihlajapankki");
    await see(t("demo-bank:choose-person"), "3-at-the-bank");
    await hands.press(page, t("common:cancel"));
    await page.getByText(t("eid:cancelled")).waitFor();
    await see(t("eid:choose"), "2-banks-cancelled");
    await hands.press(page, "Pihlajapankki");
    await see(t("demo-bank:choose-person"), "3-at-the-bank-again");
    await page.goBack();
    await see(t("eid:choose"), "2-banks-back");
    await hands.press(page, "Kuusipankki");
    await hands.press(page, "Aino Virtanen");
    await see(t("activation:done-title"), "4-done");
    await hands.press(page, t("activation:continue-to-app", { app: appName[language] }));
    await signedIn(page);
    const claims = JSON.parse((await page.locator("pre").textContent()) ?? "{}");
    assert.deepEqual([claims.email, claims.acr, claims.amr], [email, "aal2", ["mfa"]]);

    await hands.press(page, "Sign out");
    await page.getByText("You have left").waitFor();
    await page.goto(`${calendar.url}/login`);
    await see(t("journey:sign-in"), "5-sign-in");
    await hands.press(page, t("eid:continue"));
    await see(t("eid:choose"), "6-banks");
    await hands.press(page, mobileId[language]);
    await see(t("demo-bank:choose-person"), "7-at-mobile-id");
    await hands.press(page, "Aino Virtanen");
    await signedIn(page);
    await page.goto(`${service.url}/account`);
    await see(t("account:title"), "8-account");
  } finally {
    await window.close();
    await calendar.close();
  }
  assert.deepEqual(problems, []);
}

type Variant = WindowOptions & { language: Language; hands?: Hands };
const variants: [what: string, variant: Variant][] = [
  ["in Finnish, 320 pixels wide, dark", { language: "fi", width: 320, scheme: "dark" }],
  ["in Swedish, 320 pixels wide, without JavaScript", { language: "sv", width: 320, javaScript: false }],
  ["in English by keyboard alone", { language: "en", hands: keyboard }],
];
const pictures: [what: string, variant: Variant][] = (["fi", "sv", "en"] as const).flatMap((language) =>
  ([390, 1280] as const).map((width): [string, Variant] => [
    `for pictures: ${language}, ${width}`,
    { language, width },
  ]),
);

for (const [what, { hands, ...options }] of process.env.SCREENSHOTS ? [...variants, ...pictures] : variants) {
  const { language, width = 1280, scheme = "light" } = options;
  const name = `eid-${language}-${width}-${scheme}${options.javaScript === false ? "-plain" : ""}`;
  test(`ACT-5 SIN-2 GUI-1 GUI-2 activated and signed in by a bank ${what}`, { skip }, () =>
    walk({ ...options, name }, hands),
  );
}

/** Every page on which an identification ends otherwise. */
async function goWrong(options: WindowOptions & { language: Language }): Promise<void> {
  const { language } = options;
  const t = translator(language);
  const { own, calendar } = await organisation();
  const second = await organisation("telia");
  const invited = await invitedWithPin(service, own, { language, identityCode: "010170-999R" });
  const window = await browser.window(options);
  const { page } = window;
  const { see, problems } = watching(window, language);
  const byTelia = async (person: string) => {
    await mouse.press(page, "Ålandsbanken");
    await mouse.press(page, person);
  };
  try {
    await page.goto(`${service.url}/sign-in?organisation=${own.slug}`);
    await mouse.press(page, t("eid:continue"));
    await see(t("eid:choose"), "a-many-banks");
    await byTelia("Tero Testi Äyrämö");
    await see(t("eid:not-linked"), "b-not-linked");
    await mouse.press(page, t("eid:identify-again"));
    brokers.broker("telia").answerNext({ token: "http-500" });
    await byTelia("Tero Testi Äyrämö");
    await page.getByText(t("eid:unavailable", { broker: "Telia Tunnistus" })).waitFor();
    await see(t("eid:choose"), "c-unavailable");
    brokers.broker("telia").answerNext({ idToken: "wrong-audience" });
    await byTelia("Tero Testi Äyrämö");
    await page.getByText(t("eid:refused")).waitFor();
    await see(t("eid:choose"), "d-refused");

    await page.goto(invited.link);
    await fillIn(page, { pin: invited.pin });
    await mouse.press(page, t("eid:name"));
    await byTelia("Väinö Tunnistus");
    await see(t("eid:another-person", { context: "activation" }), "e-another-person");
    await mouse.press(page, t("eid:identify-again"));
    await byTelia("Tero Testi Äyrämö");
    await see(t("activation:done-title"), "f-done");

    await page.context().clearCookies();
    const again = await invitedWithPin(service, own, { language });
    await page.goto(again.link);
    await fillIn(page, { pin: again.pin });
    await mouse.press(page, t("eid:name"));
    await byTelia("Tero Testi Äyrämö");
    await see(t("eid:bound-elsewhere"), "g-bound-elsewhere");

    const other = await invitedWithPin(service, second.own, { language });
    await page.goto(other.link);
    await fillIn(page, { pin: other.pin });
    await mouse.press(page, t("eid:name"));
    await see(t("eid:choose"), "h-one-broker");
    await byTelia("Tero Testi Äyrämö");
    await see(t("activation:done-title"), "i-done");
    await page.context().clearCookies();
    await page.goto(`${service.url}/sign-in?to=account`);
    await mouse.press(page, t("eid:continue"));
    await byTelia("Tero Testi Äyrämö");
    await see(t("journey:choose-account"), "j-choose-account");
    await page
      .getByRole("button", { name: other.email })
      .or(page.locator("button[name=account]").first())
      .first()
      .click();
    await see(t("account:title"), "k-account");
  } finally {
    await window.close();
    await Promise.all([calendar.close(), second.calendar.close()]);
    // The next one is identified as the same people.
    for (const { id } of [own, second.own])
      await service.db.updateTable("organisation").set({ state: "closed" }).where("id", "=", id).execute();
  }
  assert.deepEqual(problems, []);
}

const wrongWays: (WindowOptions & { language: Language })[] = [
  { language: "fi", width: 320 },
  { language: "sv", width: 1280, scheme: "dark" },
  { language: "en", width: 390 },
];
for (const options of wrongWays) {
  const { language, width = 1280 } = options;
  test(`ACT-5 SIN-2 SIN-12 GUI-2 what goes wrong at a bank, in ${language}, ${width} pixels wide`, { skip }, () =>
    goWrong({ ...options, name: `eid-wrong-${language}-${width}` }),
  );
}
