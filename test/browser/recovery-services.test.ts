import assert from "node:assert/strict";
import process from "node:process";
import { after, before, test } from "node:test";
import type { Language } from "../../src/kernel/language.ts";
import { minutes, seconds } from "../../src/kernel/time.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { noSimpleSamlPhp, password } from "../doubles/suomifi/simplesamlphp.ts";
import { openProvingServices, type ProvingServices } from "../grounds/proving-services.ts";
import { backIn, toWays } from "../grounds/recovery-walk.ts";
import { temporaryTo } from "../harness/people.ts";
import {
  fillIn,
  mouse,
  noBrowser,
  openBrowser,
  type RealBrowser,
  type WindowOptions,
} from "../harness/real-browser.ts";
import { movableClock } from "../harness/service.ts";
import { watching } from "../harness/watching.ts";

// By the services that send people to pages of their own: Suomi.fi, and Candour with its phone.

const skip = noBrowser() || noSimpleSamlPhp();
const clock = movableClock();
let service: ProvingServices;
let browser: RealBrowser;
type Bound = Awaited<ReturnType<ProvingServices["bound"]>>;
/** Suomi.fi has a clock of its own, so its people come before ours is moved. */
const people: Bound[] = [];
const somebody = (): Bound => people.pop() ?? assert.fail("nobody is left");

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([openProvingServices({ clock }), openBrowser()]);
  for (let count = 0; count < 3; count += 1) people.push(await service.bound());
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const tero = "TERO TESTI ÄYRÄMÖ (tero)";
const continueTo = (language: Language, name: string) => translator(language)("eid:continue-to", { name });

const everybodySpeaks = (language: Language) => service.db.updateTable("person").set({ language }).execute();

/** Somebody's own window, at the services that prove who one is. */
async function lost({ own, email }: Pick<Bound, "own" | "email">, options: WindowOptions & { language: Language }) {
  const { language } = options;
  const window = await browser.window(options);
  const { page } = window;
  const { see, reach, problems } = watching(window, language);
  // What every recovery has in common is looked at in recovery.test.ts; for pictures, here too.
  const walk = { page, language, see: process.env.SCREENSHOTS ? see : reach };
  const t = translator(language);
  await everybodySpeaks(language);
  await page.goto(`${service.url}/recover?organisation=${own.slug}`);
  await toWays(walk, email);
  await mouse.press(page, t("recovery:reset"));
  await see(t("eid:prove"), "5-prove");
  return { ...window, walk, see, reach, problems, t };
}

test("REC-3 DIR-1 GUI-1 GUI-2 by Suomi.fi: Graph asks to wait, then the page fills in by itself, a pass, a new app and in, in Finnish, 320 pixels wide, dark", {
  skip,
}, async () => {
  const aino = somebody();
  const { graph } = service;
  const user = graph.addUser({ userPrincipalName: aino.email });
  for (const type of ["microsoftAuthenticator", "fido2"]) graph.link(user, type);
  await service.addGraph(aino.own);
  graph.behaviour.troubles.push({ on: /^GET .*methods$/u, times: 1, how: { status: 429, retryAfter: minutes(3) } });

  const name = "services-suomifi";
  const { page, see, problems, t, walk, close } = await lost(aino, {
    language: "fi",
    width: 320,
    scheme: "dark",
    name,
  });
  await mouse.press(page, continueTo("fi", "Suomi.fi"));
  await fillIn(page, { username: "secret", password });
  await see(t("recovery-status:title"), "7-status");
  await page.getByText(t("recovery-status:state-again")).waitFor();
  await see(t("recovery-status:title"), "7-status-again");
  assert.deepEqual(user.removed, []);
  clock.advance(minutes(4));
  await page.getByRole("heading", { level: 1, name: t("recovery-status:title-done") }).waitFor();
  await see(t("recovery-status:title-done"), "7-status-done");
  assert.deepEqual([user.removed.length, graph.violations], [2, []]);
  await mouse.press(page, t("recovery-status:pass-show"));
  await see(t("recovery-status:pass-title", { directory: "Microsoft 365" }), "7-status-pass");
  await mouse.press(page, t("recovery-status:pass-back"));
  await backIn(walk, { email: aino.email, clock });
  await close();
  assert.deepEqual(problems, []);
});

test("REC-3 REC-4 GUI-1 GUI-2 at Candour: cancelled, somebody else, then on the phone, and the first page goes on, in Swedish", {
  skip,
}, async () => {
  const { page, see, reach, problems, t, close } = await lost(somebody(), {
    language: "sv",
    name: "services-candour-sv",
  });
  const candour = continueTo("sv", "Candour ID");
  await mouse.press(page, candour);
  await mouse.press(page, "Cancel");
  await page.getByText(t("eid:cancelled")).waitFor();
  await see(t("eid:prove"), "5-prove-cancelled");
  await mouse.press(page, candour);
  await mouse.press(page, "(namesake)");
  await see(t("recovery:not-confirmed"), "6-not-confirmed");
  await mouse.press(page, t("common:try-again"));
  await reach(t("eid:prove"));
  await mouse.press(page, candour);
  const invitation = page.url();
  await mouse.press(page, "Go on on the phone");
  await see(t("eid:waiting"), "6-waiting");
  const phone = await browser.window({ language: "sv", width: 390, scheme: "dark", name: "services-candour-sv-phone" });
  const { see: seeThere, problems: there } = watching(phone, "sv");
  await phone.page.goto(invitation);
  await mouse.press(phone.page, tero);
  await seeThere(t("eid:other-browser"), "6-other-browser");
  await phone.close();
  clock.advance(seconds(4));
  await mouse.press(page, t("eid:waiting-look"));
  await see(t("recovery-status:title-done"), "7-status");
  await mouse.press(page, t("recovery-status:link"));
  await reach(t("journey:choose-method", { context: "link-anew" }));
  await close();
  assert.deepEqual([...problems, ...there], []);
});

test("REC-3 GUI-2 begun on one device, whose phone never came, and anew on another: without JavaScript, in English", {
  skip,
}, async () => {
  const aino = somebody();
  const plain = { language: "en", javaScript: false } as const;
  const first = await lost(aino, { ...plain, name: "services-left" });
  await mouse.press(first.page, continueTo("en", "Candour ID"));
  await mouse.press(first.page, "Go on on the phone");
  await first.see(first.t("eid:waiting"), "6-waiting");

  const { page, see, problems, t, walk, close } = await lost(aino, { ...plain, width: 320, name: "services-anew" });
  await mouse.press(page, continueTo("en", "Candour ID"));
  await mouse.press(page, tero);
  await see(t("recovery-status:title-done"), "7-status");
  await backIn(walk, { email: aino.email, clock });
  await close();

  await mouse.press(first.page, t("eid:waiting-look"));
  await first.see(t("eid:waiting"), "7-still-waiting");
  await mouse.press(first.page, t("eid:waiting-other"));
  await first.see(t("eid:prove"), "8-prove");
  await first.close();
  assert.deepEqual([...first.problems, ...problems], []);
});

test("REC-3 T78 an account that nobody was ever bound to: the same refusal, a case, and support, in Finnish", {
  skip,
}, async () => {
  const { own, email, accountId } = await service.unbound();
  const options = { language: "fi", width: 390, name: "services-unbound" } as const;
  const { page, see, problems, t, close } = await lost({ own, email }, options);
  await mouse.press(page, continueTo("fi", "Candour ID"));
  await mouse.press(page, tero);
  await see(t("recovery:not-confirmed"), "6-not-confirmed");
  const cases = await service.features.cases.list(service.db, { accountId });
  assert.deepEqual(
    cases.map(({ kind }) => kind),
    ["not-bound"],
  );
  await close();
  assert.deepEqual(problems, []);
});

test("REC-2 GUI-1 GUI-2 a new password ordered from where one can't sign in, and in with it, in Swedish, 320 pixels wide, dark", {
  skip,
}, async () => {
  const { own, email, number, phone } = await service.unbound();
  await service.sendsTemporary(own);
  const language = "sv";
  await everybodySpeaks(language);
  const t = translator(language);
  const window = await browser.window({ language, width: 320, scheme: "dark", name: "services-order" });
  const { page } = window;
  const { see, problems } = watching(window, language);
  await page.goto(`${service.url}/recover?organisation=${own.slug}`);
  await toWays({ page, language, see }, email);
  await mouse.press(page, t("recovery:order"));
  await see(t("password:ordered"), "5-ordered");
  const temporary = await temporaryTo(service, number);
  await mouse.press(page, t("password:back-to-sign-in"));
  await see(t("password:sign-in"), "6-sign-in");
  await mouse.fill(page, { username: email, password: temporary });
  await see(t("password:choose-new"), "7-password");
  await mouse.fill(page, { new_password: "neljä keltaista leijonaa" });
  await mouse.fill(page, { code: await phone.code() });
  await page.waitForURL("**/account");
  await window.close();
  assert.deepEqual(problems, []);
});
