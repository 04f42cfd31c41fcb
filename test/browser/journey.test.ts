import assert from "node:assert/strict";
import process from "node:process";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { minutes } from "../../src/kernel/time.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { invitedWithPin, makeOrganisation, makePhone, rightPassword } from "../harness/people.ts";
import {
  type Hands,
  keyboard,
  mouse,
  noBrowser,
  openBrowser,
  type RealBrowser,
  scanKey,
  type Window,
  type WindowOptions,
} from "../harness/real-browser.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
const clock = movableClock();
let service: Service;
let calendar: TestApplication;
let koivula: Organisation;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  calendar = await startApplication(service);
  const name = { fi: "Kalenteri", sv: "Kalender", en: "Calendar" };
  koivula = await makeOrganisation(service, "koivula", { home: { url: `${calendar.url}/login`, name } });
});
after(async () => {
  await browser?.close();
  await calendar?.close();
  await service?.close();
});

/** From the link in the e-mail to the application, out, and in again; every page on the way is held to its promises. */
async function walk(options: WindowOptions & { language: Language }, hands: Hands = mouse) {
  const t = translator(options.language);
  const { language } = options;
  const { email, link, pin } = await invitedWithPin(service, koivula, { language });
  const window: Window = await browser.window(options);
  const { page } = window;
  const problems: string[] = [];
  const see = async (expected: string, title: string) => {
    await page.getByRole("heading", { level: 1, name: expected }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    problems.push(...(await window.look(title)));
  };

  await page.goto(link);
  await see(t("activation:pin-title"), "1-pin");
  await hands.fill(page, { pin: pin === "000000" ? "000001" : "000000" });
  await page.getByText(t("activation:pin-wrong", { left: 4 })).waitFor();
  await see(t("activation:pin-title"), "1-pin-wrong");
  await hands.fill(page, { pin });
  await see(t("password:choose"), "2-password");
  await hands.fill(page, { new_password: "koivula koivula" });
  await page.getByText(t("password:refused")).waitFor();
  await see(t("password:choose"), "2-password-refused");
  await hands.fill(page, { new_password: rightPassword });
  await see(t("totp:link"), "3-link");
  const phone = makePhone(await scanKey(page), clock);
  await hands.fill(page, { code: "000000" });
  await see(t("totp:link"), "3-link-wrong");
  await hands.fill(page, { code: await phone.code() });
  await see(t("activation:done-title"), "4-done");
  await hands.press(page, t("activation:continue-to-app", { app: localName[language] }));
  await page.getByText("Signed in").waitFor();
  assert.ok(page.url().startsWith(calendar.url));
  const claims = JSON.parse((await page.locator("pre").textContent()) ?? "{}");
  assert.equal(claims.email, email);
  assert.equal(claims.acr, "aal2");
  assert.deepEqual(claims.amr, ["pwd", "otp", "mfa"]);

  await hands.press(page, "Sign out");
  await page.getByText("You have left").waitFor();
  await page.goto(`${calendar.url}/login`);
  await see(t("password:sign-in"), "5-sign-in");
  await hands.fill(page, { username: email, password: "not this one" });
  await page.getByText(t("password:wrong")).waitFor();
  await see(t("password:sign-in"), "5-sign-in-wrong");
  await hands.fill(page, { username: email, password: rightPassword });
  await see(t("totp:enter"), "6-code");
  await hands.fill(page, { code: await phone.code() });
  await page.getByText("Signed in").waitFor();

  await page.goto(`${service.url}/account`);
  await see(t("account:title"), "7-account");
  await page.goto(`${service.url}/account/events`);
  await see(t("account:events"), "7-events");
  await page.goto(`${service.url}/account`);
  clock.advance(minutes(6));
  await hands.press(page, t("account:change"));
  await see(t("password:sign-in"), "7-change-password");
  await hands.fill(page, { password: rightPassword });
  await hands.fill(page, { code: await phone.code() });
  await see(t("password:choose-new"), "7-new-password");
  await hands.fill(page, { new_password: "neljä sinistä kettua metsässä" });
  await page.getByText(t("account:password-changed")).waitFor();
  await see(t("account:title"), "7-password-changed");
  await page.goto(`${service.url}/test/code`);
  await see(t("account:test-code-title"), "8-test-code");
  await hands.fill(page, { code: phone.shown(6) });
  await see(t("account:test-code-title"), "8-test-code-early");
  await page.goto(`${service.url}/account`);
  await hands.press(page, t("common:sign-out"));
  await see(t("account:signed-out"), "9-signed-out");
  await window.close();
  assert.deepEqual(problems, []);
}

const localName = { fi: "Kalenteri", sv: "Kalender", en: "Calendar" } as const;

type Variant = WindowOptions & { language: Language; hands?: Hands };

const variants: [what: string, variant: Variant][] = [
  ["in Swedish, dark", { language: "sv", scheme: "dark" }],
  ["in English on a phone, dark", { language: "en", width: 390, scheme: "dark" }],
  ["in Finnish, 320 pixels wide", { language: "fi", width: 320 }],
  ["in Swedish, 320 pixels wide, without JavaScript", { language: "sv", width: 320, javaScript: false }],
  ["by keyboard alone", { language: "en", hands: keyboard }],
];

/** For whoever wants to see every page as a customer does: SCREENSHOTS=<folder>. */
const pictures: [what: string, variant: Variant][] = (["fi", "sv", "en"] as const).flatMap((language) =>
  ([390, 1280] as const).flatMap((width) =>
    (["light", "dark"] as const).map((scheme): [string, Variant] => [
      `for pictures: ${language}, ${width}, ${scheme}`,
      { language, width, scheme },
    ]),
  ),
);

test("GUI-2 the inspection finds what it is for", { skip }, async () => {
  const window = await browser.window({ width: 320, name: "planted" });
  await window.page.setContent(
    '<html><body><img src="data:,"><p style="color:#ccc;background:#fff;width:700px">faint</p><input></body></html>',
  );
  const found = (await window.look("planted")).join();
  for (const sign of ["color-contrast", "image-alt", "html-has-lang", "label", "scrolls sideways"])
    assert.ok(found.includes(sign), `${sign} in ${found}`);
  await window.close();
});

for (const [what, { hands, ...options }] of process.env.SCREENSHOTS ? [...variants, ...pictures] : variants) {
  const { language, width = 1280, scheme = "light" } = options;
  const name = `${language}-${width}-${scheme}`;
  test(`ACT-6 SIN-3 GUI-1 GUI-2 the whole journey ${what}`, { skip }, () => walk({ ...options, name }, hands));
}
