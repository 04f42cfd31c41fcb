import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import {
  type Activated,
  activatedAccount,
  invitedWithPin,
  makeOrganisation,
  makePhone,
  rightPassword,
} from "../harness/people.ts";
import {
  fillIn,
  heading,
  mouse,
  noBrowser,
  openBrowser,
  type Page,
  type RealBrowser,
  scanKey,
} from "../harness/real-browser.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
const clock = movableClock();
let service: Service;
let calendar: TestApplication;
let koivula: Organisation;
let aino: Activated;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  calendar = await startApplication(service);
  koivula = await makeOrganisation(service, "koivula", {
    home: { url: `${calendar.url}/login`, name: { en: "Calendar" } },
  });
  aino = await activatedAccount(service, koivula);
});
after(async () => {
  await browser?.close();
  await calendar?.close();
  await service?.close();
});

const showsHeading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();
const atApplication = (page: Page) => page.getByText("Signed in", { exact: true }).waitFor();

async function toCode(page: Page, from = `${calendar.url}/login`) {
  await page.goto(from);
  await fillIn(page, { username: aino.email, password: rightPassword });
  await showsHeading(page, "Enter the code");
}

/** The application, or a page of ours that says something and has a way on. */
async function hasWayOn(page: Page, what: string) {
  if (page.url().startsWith(calendar.url)) return;
  assert.ok((await heading(page)).length > 0, what);
  const ways = page.locator("main").locator("a, button");
  assert.ok((await ways.count()) > 0, `${what}: "${await heading(page)}" has no way on`);
}

test("SIN-8 reload at every step: the same step again, nothing lost", { skip }, async () => {
  const { page, close } = await browser.window();
  await page.goto(`${calendar.url}/login`);
  await page.reload();
  await fillIn(page, { username: aino.email, password: "wrong" });
  await page.getByText("user name or password is wrong").waitFor();
  await page.reload();
  await fillIn(page, { username: aino.email, password: rightPassword });
  await showsHeading(page, "Enter the code");
  await page.reload();
  await fillIn(page, { code: await aino.phone.code() });
  await atApplication(page);
  await page.reload();
  await atApplication(page);
  await close();
});

test("SIN-8 Back and forth through a sign-in ends at the application or on a page with a way on", {
  skip,
}, async () => {
  const { page, close } = await browser.window();
  await page.goto(calendar.url);
  await toCode(page);
  await page.goBack();
  await hasWayOn(page, "Back from the code");
  await page.goForward();
  await showsHeading(page, "Enter the code");
  await fillIn(page, { code: await aino.phone.code() });
  await atApplication(page);
  for (let steps = 1; steps <= 3; steps += 1) {
    if (!(await page.goBack({ timeout: 10_000 }).catch(() => null))) break;
    await hasWayOn(page, `Back ${steps}`);
    if (page.url().startsWith(service.url) && (await page.locator("input[name=code]").count()) > 0) {
      await fillIn(page, { code: "123456" }); // an old form, sent once more
      await hasWayOn(page, "an old form");
    }
  }
  await page.goto(calendar.url);
  await atApplication(page);
  await close();
});

test("SIN-8 every address on the way, bookmarked, leads to the application or a page with a way on", {
  skip,
}, async () => {
  const { page, close } = await browser.window();
  const seen = new Set<string>();
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.method() === "GET") seen.add(request.url());
  });
  await toCode(page);
  await fillIn(page, { code: await aino.phone.code() });
  await atApplication(page);
  const bookmarks = [...seen].filter((url) => url.startsWith(service.url) || url.includes("/callback"));
  assert.ok(bookmarks.length >= 3, bookmarks.join());
  const stranger = await browser.window();
  for (const each of [page, stranger.page])
    for (const url of bookmarks) {
      const answer = await each.goto(url);
      assert.ok((answer?.status() ?? 200) < 500, url);
      await hasWayOn(each, url);
    }
  clock.advance(minutes(24 * 60));
  for (const url of bookmarks) {
    await page.goto(url);
    await hasWayOn(page, `a day later ${url}`);
  }
  await stranger.close();
  await close();
});

test("SIN-8 a submit button that is clicked twice counts once", { skip }, async () => {
  const { page, close } = await browser.window();
  await page.goto(`${calendar.url}/login`);
  await page.locator("input[name=username]").fill(aino.email);
  await page.locator("input[name=password]").fill(rightPassword);
  await page.locator("main button[type=submit]").first().dblclick();
  await showsHeading(page, "Enter the code");
  await page.locator("input[name=code]").fill(await aino.phone.code());
  await page.locator("main button[type=submit]").first().dblclick();
  await atApplication(page);
  await close();
});

test("SIN-8 SIN-11 two tabs for two applications at once: both end signed in at their own", { skip }, async () => {
  const mail = await startApplication(service, { settings: { name: { en: "Mail" } } });
  const { page, context, close } = await browser.window();
  const other = await context.newPage();
  await toCode(page);
  await other.goto(`${mail.url}/login`);
  await fillIn(other, { username: aino.email, password: rightPassword });
  await showsHeading(other, "Enter the code");
  await fillIn(page, { code: await aino.phone.code() });
  await atApplication(page);
  assert.ok(page.url().startsWith(calendar.url));
  // The second tab is left as it was: reloaded or sent, it goes on.
  await fillIn(other, { code: await aino.phone.code() });
  await atApplication(other);
  assert.ok(other.url().startsWith(mail.url));
  await close();
  await mail.close();
});

test("SIN-8 a form that is sent after its session changed leads on", { skip }, async () => {
  const { page, context, close } = await browser.window();
  await toCode(page);
  await context.clearCookies();
  await fillIn(page, { code: "123456" });
  await showsHeading(page, /cookies/i);
  await hasWayOn(page, "no cookies");
  await page.goto(`${service.url}/sign-in?organisation=koivula&to=account`);
  await fillIn(page, { username: aino.email, password: rightPassword });
  await fillIn(page, { code: await aino.phone.code() });
  await showsHeading(page, "User services");
  const other = await context.newPage();
  await other.goto(`${service.url}/account`);
  await mouse.press(other, "Sign out");
  await showsHeading(other, "You are signed out");
  await page.getByRole("button", { name: "Change" }).click();
  await hasWayOn(page, "signed out elsewhere");
  await close();
});

test("ACT-9 ACT-8 left on the phone, gone on with at the computer; the phone's page then leads on", {
  skip,
}, async () => {
  const { link, pin } = await invitedWithPin(service, koivula);
  const handset = await browser.window({ width: 390 });
  await handset.page.goto(link);
  await fillIn(handset.page, { pin });
  await fillIn(handset.page, { new_password: rightPassword });
  await showsHeading(handset.page, "Link your authenticator app");

  const computer = await browser.window({ name: "other-device" });
  await computer.page.goto(link);
  await fillIn(computer.page, { pin });
  await showsHeading(computer.page, "Link your authenticator app");
  const phone = makePhone(await scanKey(computer.page), clock);
  await handset.page.reload(); // a newer key is shown there: the one that was scanned no longer counts
  await fillIn(computer.page, { code: await phone.code() });
  await computer.page.getByText("newer QR code").waitFor();
  assert.deepEqual(await computer.look("replaced"), []);
  const scanned = makePhone(await scanKey(computer.page), clock);
  await fillIn(computer.page, { code: await scanned.code() });
  await showsHeading(computer.page, "Your account is active");
  assert.deepEqual(await computer.look("done"), []);
  await handset.page.reload();
  await hasWayOn(handset.page, "the phone's old page");
  assert.deepEqual(await handset.look("overtaken"), []);
  // Only the password was not shown on this device: it is all that is asked.
  await mouse.press(computer.page, "Sign in");
  await fillIn(computer.page, { password: rightPassword });
  await atApplication(computer.page);
  await handset.page.goto(link);
  await showsHeading(handset.page, "Sign in with your password");
  await handset.close();
  await computer.close();
});
