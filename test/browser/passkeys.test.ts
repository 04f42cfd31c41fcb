import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { makeTestCertificate } from "../doubles/certificate.ts";
import { freePort } from "../harness/free-port.ts";
import { invitedWithPin, makeOrganisation, makePhone, rightPassword } from "../harness/people.ts";
import {
  fillIn,
  type Hands,
  keyboard,
  mouse,
  noBrowser,
  openBrowser,
  type Page,
  type RealBrowser,
  scanKey,
  type WindowOptions,
} from "../harness/real-browser.ts";
import { movableClock, type Service, startService, until } from "../harness/service.ts";
import { addAuthenticator } from "../harness/virtual-authenticator.ts";

const skip = noBrowser();
const clock = movableClock();
let service: Service;
let browser: RealBrowser;
let koivula: Organisation;

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  const methods = { staff: { permitted: ["passkey", "totp"], recommended: "passkey" } };
  koivula = await makeOrganisation(service, "koivula", { policy: { methods } });
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const signInPage = () => `${service.url}/sign-in?organisation=koivula`;
const t = (language: Language = "en") => translator(language);
const h1 = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

/** From the link in the e-mail to an account that is active by a passkey. */
async function activate(page: Page, language: Language, hands: Hands, see: (title: string) => Promise<void>) {
  const { email, link, pin } = await invitedWithPin(service, koivula, { language });
  const words = t(language);
  await page.goto(link);
  await hands.fill(page, { pin });
  await h1(page, words("journey:choose-method"));
  await see("1-choose");
  await hands.press(page, words("passkey:name"));
  await h1(page, words("passkey:make"));
  await see("2-make");
  assert.match(await page.locator("input[name=name]").inputValue(), /^Chrome, Linux$/);
  await hands.press(page, words("passkey:make"));
  await h1(page, words("activation:done-title"));
  return email;
}

async function walk(options: WindowOptions & { language: Language }, hands: Hands = mouse) {
  const { language } = options;
  const words = t(language);
  const window = await browser.window(options);
  const { page } = window;
  const device = await addAuthenticator(window, { synced: language === "sv" });
  const problems: string[] = [];
  const see = async (title: string) => void problems.push(...(await window.look(title)));
  await activate(page, language, hands, see);
  await see("3-done");
  await page.goto(`${service.url}/account`);
  await see("4-account");
  assert.match((await page.locator("main").textContent()) ?? "", /Chrome, Linux/);
  await hands.press(page, words("common:sign-out"));
  await h1(page, words("account:signed-out"));

  await page.goto(signInPage());
  await h1(page, words("journey:sign-in"));
  await see("5-ways");
  await hands.press(page, words("passkey:continue"));
  await h1(page, words("passkey:show"));
  await see("6-show");
  await device.unlocks(false);
  await hands.press(page, words("passkey:use"));
  await page.getByText(words("passkey:not-shown")).waitFor();
  await see("7-not-shown");
  await device.unlocks(true);
  await hands.press(page, words("passkey:use"));
  await h1(page, words("account:title"));
  await page.goto(`${service.url}/account/events`);
  await see("8-events");
  await window.close();
  assert.deepEqual(problems, []);
}

/** An account by password and app that links a passkey on its own page, and from then on is offered it in the field of the user name. */
async function walkByAutofill(options: WindowOptions & { language: Language }) {
  const { language } = options;
  const words = t(language);
  const { email, accountId, link, pin } = await invitedWithPin(service, koivula, { language });
  const window = await browser.window(options);
  const { page } = window;
  const device = await addAuthenticator(window);
  const problems: string[] = [];
  const see = async (title: string) => void problems.push(...(await window.look(title)));
  await page.goto(link);
  await fillIn(page, { pin });
  await mouse.press(page, words("totp:name"));
  await fillIn(page, { new_password: rightPassword });
  await fillIn(page, { code: await makePhone(await scanKey(page), clock).code() });
  await page.goto(`${service.url}/account`);
  await mouse.press(page, `${words("account:link")} ${words("passkey:name")}`);
  await h1(page, words("passkey:make"));
  await device.unlocks(false);
  await mouse.press(page, words("passkey:make"));
  await page.getByText(words("passkey:not-made")).waitFor();
  await see("9-not-made");
  await device.unlocks(true);
  await page.locator("input[name=name]").fill("Työpuhelin");
  await mouse.press(page, words("passkey:make"));
  await page.getByText(words("account:method-linked"), { exact: true }).waitFor();
  await page.locator("main").getByText("Työpuhelin").first().waitFor();
  await see("10-linked");
  await mouse.press(page, words("common:sign-out"));
  await h1(page, words("account:signed-out"));

  /** To the page where the user name is typed. */
  const typeName = async () => {
    await page.goto(signInPage());
    await mouse.press(page, words("totp:continue"));
  };
  // While nobody is there, the page is as it always is; then the browser's offer is taken as soon as it is made.
  await device.touches(false);
  await typeName();
  await h1(page, words("password:sign-in"));
  await see("11-password");
  await device.touches(true);
  await typeName();
  await h1(page, words("account:title"));
  await mouse.press(page, words("common:sign-out"));
  await h1(page, words("account:signed-out"));

  await device.replaceByCopy(0);
  await page.goto(signInPage());
  await mouse.press(page, words("passkey:continue"));
  await mouse.press(page, words("passkey:use"));
  await page.getByText(words("passkey:copied")).waitFor();
  await see("12-copied");
  const subject = words("messages:passkey-copied-subject", { org: koivula.name[language] ?? "" });
  await until(async () => (await service.inbox()).some((one) => one.to === email && one.subject === subject), subject);

  await service.db
    .updateTable("authenticator")
    .set({ removed_at: clock.now() })
    .where("account_id", "=", accountId)
    .where("method", "=", "passkey")
    .execute();
  await device.replaceByCopy(100);
  await mouse.press(page, words("passkey:use"));
  await page.getByText(words("passkey:not-linked")).waitFor();
  await see("13-not-linked");
  await device.clear();
  await mouse.press(page, words("passkey:use"));
  await page.getByText(words("passkey:not-shown")).waitFor();
  await window.close();
  assert.deepEqual(problems, []);
}

const variants: [what: string, variant: WindowOptions & { language: Language; hands?: Hands }][] = [
  ["in Finnish, 320 pixels wide", { language: "fi", width: 320 }],
  ["in Swedish, dark, synced", { language: "sv", scheme: "dark" }],
  ["in English on a phone", { language: "en", width: 390 }],
  ["by keyboard alone", { language: "en", hands: keyboard }],
];
for (const [what, { hands, ...options }] of variants) {
  const name = `passkey-${options.language}-${options.width ?? 1280}-${hands ? "keys" : (options.scheme ?? "light")}`;
  test(`ACT-7 SIN-7 GUI-2 activation and sign-in by passkey ${what}`, { skip }, () =>
    walk({ ...options, name }, hands),
  );
}

const narrow: (WindowOptions & { language: Language })[] = [
  { language: "fi" },
  { language: "sv", width: 320 },
  { language: "en", width: 390, scheme: "dark" },
];
for (const options of narrow)
  test(
    `USR-4 SIN-7 T34 GUI-2 linked on the own page, offered by autofill, copied, removed: in ${options.language}`,
    {
      skip,
    },
    () => walkByAutofill({ ...options, name: `passkey-${options.language}-autofill` }),
  );

test("USR-4 a device that has one already says so, and makes no second", { skip }, async () => {
  const window = await browser.window({ name: "passkey-known" });
  const { page } = window;
  await addAuthenticator(window);
  const quiet = async () => {};
  await activate(page, "en", mouse, quiet);
  await page.goto(`${service.url}/account`);
  await mouse.press(page, `${t()("account:link")} ${t()("passkey:name")}`);
  await mouse.press(page, t()("passkey:make"));
  await page.getByText(t()("passkey:known")).waitFor();
  assert.deepEqual(await window.look("known"), []);
  await window.close();
});

test("ACT-7 SIN-7 by https, under the pages' own policy", { skip }, async () => {
  const { certificate, key } = makeTestCertificate();
  const folder = mkdtempSync(join(tmpdir(), "vahva-https-"));
  const port = String(await freePort());
  const [VAHVA_TLS_CERT_FILE, VAHVA_TLS_KEY_FILE] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  writeFileSync(VAHVA_TLS_CERT_FILE, certificate);
  writeFileSync(VAHVA_TLS_KEY_FILE, key);
  const env = {
    VAHVA_PUBLIC_URL: `https://localhost:${port}`,
    VAHVA_PORT: port,
    VAHVA_TLS_CERT_FILE,
    VAHVA_TLS_KEY_FILE,
  };
  const [secure, trusting] = await Promise.all([startService({ env }), openBrowser({ trusts: certificate })]);
  try {
    const methods = { staff: { permitted: ["passkey", "totp"] } };
    const organisation = await makeOrganisation(secure, "koivula", { policy: { methods } });
    const { link, pin } = await invitedWithPin(secure, organisation, { language: "en" });
    const window = await trusting.window({ inspected: false });
    const { page } = window;
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await addAuthenticator(window);
    await page.goto(link);
    await fillIn(page, { pin });
    await mouse.press(page, t()("passkey:name"));
    await mouse.press(page, t()("passkey:make"));
    await h1(page, t()("activation:done-title"));
    await page.goto(`${secure.url}/account`);
    await mouse.press(page, t()("common:sign-out"));
    await h1(page, t()("account:signed-out"));
    await page.goto(`${secure.url}/sign-in?to=account&organisation=koivula`);
    await mouse.press(page, t()("passkey:continue"));
    await mouse.press(page, t()("passkey:use"));
    await h1(page, t()("account:title"));
    assert.deepEqual(faults, []);
  } finally {
    await Promise.all([trusting.close(), secure.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
});

for (const language of ["fi", "sv", "en"] as const)
  test(`GUI-2 without JavaScript the page says so plainly and another way is there, in ${language}`, {
    skip,
  }, async () => {
    const window = await browser.window({ language, width: 320, javaScript: false, name: `passkey-plain-${language}` });
    const { page } = window;
    const words = t(language);
    await page.goto(signInPage());
    await mouse.press(page, words("passkey:continue"));
    await h1(page, words("passkey:show"));
    await mouse.press(page, words("passkey:use"));
    await page.getByRole("alert").getByText(words("passkey:no-script")).waitFor();
    assert.deepEqual(await window.look("no-script"), []);
    await mouse.press(page, words("common:try-another-way"));
    await mouse.press(page, words("totp:continue"));
    await h1(page, words("password:sign-in"));
    await window.close();
  });
