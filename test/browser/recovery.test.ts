import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { type EidBrokers, knowsBrokers, startBrokers } from "../grounds/eid-brokers.ts";
import { eidVisits } from "../grounds/eid-visits.ts";
import { backIn, toWays } from "../grounds/recovery-walk.ts";
import { eventually } from "../harness/eventually.ts";
import { makeOrganisation } from "../harness/people.ts";
import {
  type Hands,
  keyboard,
  mouse,
  noBrowser,
  openBrowser,
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
  [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  brokers = await startBrokers({ url: service.url, clock });
  await brokers.addTo(service.features.identityBrokers);
  await eventually(() => knowsBrokers(service.url, 4)); // the demo's bank besides, which is closed
});
after(async () => {
  await browser?.close();
  await brokers?.stop();
  await service?.close();
});

let count = 0;

/** Somebody who signs in by an eID alone, in an organisation of their own, and has lost their phone. */
async function lostPhone(language: Language): Promise<{ own: Organisation; email: string }> {
  count += 1;
  const own = await makeOrganisation(service, `koivula-${count}`);
  const { email } = await eidVisits(service, brokers).activated(own, "tero");
  await service.db.updateTable("person").set({ language }).execute();
  return { own, email };
}

type Variant = WindowOptions & { language: Language; hands?: Hands };

/** From the sign-in page by a bank to the reset, a new app and User services; by way of another person's identification. */
async function walk({ hands = mouse, ...options }: Variant): Promise<void> {
  const { language } = options;
  const t = translator(language);
  const { own, email } = await lostPhone(language);
  const window = await browser.window(options);
  const { page } = window;
  const { see, problems } = watching(window, language);
  const identify = async (person: string) => {
    await hands.press(page, "Ålandsbanken");
    await mouse.press(page, person);
  };
  try {
    await page.goto(`${service.url}/sign-in?organisation=${own.slug}&to=account`);
    await see(t("journey:sign-in"), "1-sign-in");
    await hands.press(page, t("journey:cant-sign-in"));
    await toWays({ page, language, see, hands }, email);
    await hands.press(page, t("recovery:support"));
    await see(t("recovery:support-title"), "4-support");
    await page.goBack();
    await see(t("recovery:ways"), "3-ways-back");
    await hands.press(page, t("recovery:reset"));
    await see(t("eid:prove"), "5-prove");
    await hands.press(page, t("common:try-another-way"));
    await see(t("recovery:ways"), "3-ways-again");
    await hands.press(page, t("recovery:reset"));
    await see(t("eid:prove"), "5-prove-again");
    await identify("Väinö Tunnistus");
    await see(t("recovery:not-confirmed"), "6-not-confirmed");
    await hands.press(page, t("common:try-again"));
    await see(t("eid:prove"), "5-prove-once-more");
    await identify("Tero Testi Äyrämö");
    await see(t("recovery-status:title-done"), "7-status");
    await backIn({ page, language, see, hands }, { email, clock });
  } finally {
    await window.close();
    // The next one is identified as the same person.
    await service.db.updateTable("organisation").set({ state: "closed" }).where("id", "=", own.id).execute();
  }
  assert.deepEqual(problems, []);
}

const variants: [what: string, variant: Variant][] = [
  ["in Finnish, 320 pixels wide, dark", { language: "fi", width: 320, scheme: "dark" }],
  ["in Swedish, 320 pixels wide, without JavaScript", { language: "sv", width: 320, javaScript: false }],
  ["in English by keyboard alone", { language: "en", hands: keyboard }],
];

for (const [what, variant] of variants) {
  const { language, width = 1280, scheme = "light" } = variant;
  const name = `recovery-${language}-${width}-${scheme}${variant.javaScript === false ? "-plain" : ""}`;
  test(`REC-3 REC-7 GUI-1 GUI-2 a lost phone: reset by a bank, linked anew and signed in ${what}`, { skip }, () =>
    walk({ ...variant, name }),
  );
}
