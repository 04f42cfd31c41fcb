import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { type EidBrokers, knowsBrokers, startBrokers } from "../grounds/eid-brokers.ts";
import { eidVisits } from "../grounds/eid-visits.ts";
import { eventually } from "../harness/eventually.ts";
import { makeOrganisation } from "../harness/people.ts";
import { heading, mouse, noBrowser, openBrowser, type Page, type RealBrowser } from "../harness/real-browser.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
const clock = movableClock();
let service: Service;
let brokers: EidBrokers;
let koivula: Organisation;
let calendar: TestApplication;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  brokers = await startBrokers({ url: service.url, clock });
  await brokers.addTo(service.features.identityBrokers);
  await eventually(() => knowsBrokers(service.url, 4)); // the demo's bank besides
  koivula = await makeOrganisation(service, "koivula", { policy: { eid: { brokers: ["telia", "op"] } } });
  calendar = await startApplication(service, { organisationId: koivula.id });
  const visits = eidVisits(service, brokers);
  for (const person of ["tero", "korhonen"]) await visits.activated(koivula, person);
});
after(async () => {
  await browser?.close();
  await calendar?.close();
  await brokers?.stop();
  await service?.close();
});

const signedIn = (page: Page) => page.getByText("Signed in", { exact: true }).waitFor();
const choice = (page: Page) => page.getByRole("heading", { name: "Choose your bank or Mobile ID" }).waitFor();

async function toBanks(page: Page): Promise<void> {
  await page.goto(`${calendar.url}/login`);
  await mouse.press(page, "Continue with bank authentication");
  await choice(page);
}

async function hasWayOn(page: Page, what: string): Promise<void> {
  if (page.url().startsWith(calendar.url)) return;
  const ways = page.locator("main").locator("a, button");
  assert.ok((await ways.count()) > 0, `${what}: "${await heading(page)}" has no way on`);
}

test("SIN-2 SIN-8 Back from the bank, and another is chosen; Back and forth after it leads on", { skip }, async () => {
  const { page, close } = await browser.window();
  await toBanks(page);
  await mouse.press(page, "Nordea");
  await page.getByRole("heading", { name: "Who are you?" }).waitFor();
  await page.goBack();
  await choice(page);
  await mouse.press(page, "Danske Bank");
  await page.getByRole("heading", { name: "Who are you? (oidc.danskebank.1)" }).waitFor();
  await mouse.press(page, "Tero Testi Äyrämö");
  await signedIn(page);
  for (let steps = 1; steps <= 5; steps += 1) {
    if (!(await page.goBack({ timeout: 10_000 }).catch(() => null))) break;
    if (page.url().startsWith(brokers.broker("telia").origin)) {
      // The person's old page at the bank, sent once more.
      const person = page.getByRole("button", { name: "Tero Testi Äyrämö" });
      if ((await person.count()) > 0) await person.click();
    }
    if (page.url().startsWith(service.url)) await hasWayOn(page, `Back ${steps}`);
  }
  await page.goto(calendar.url);
  await signedIn(page);
  await close();
});

test("SIN-8 A16 two tabs at two banks, and each comes back to its own", { skip }, async () => {
  const { page, context, close } = await browser.window();
  const other = await context.newPage();
  await toBanks(page);
  await mouse.press(page, "Nordea");
  await toBanks(other);
  await mouse.press(other, "Aktia");
  await mouse.press(page, "Tero Testi Äyrämö");
  await signedIn(page);
  await mouse.press(other, "Tero Testi Äyrämö");
  await signedIn(other);
  await page.goto(`${service.url}/account`);
  await page.getByRole("heading", { name: "User services" }).waitFor();
  await close();
});

test("SIN-8 T44 the bank's way back and every address of ours, bookmarked: to the application, or a page with a way on", {
  skip,
}, async () => {
  const { page, close } = await browser.window();
  const seen = new Set<string>();
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.method() === "GET") seen.add(request.url());
  });
  await toBanks(page);
  await mouse.press(page, "S-Pankki");
  await mouse.press(page, "Tero Testi Äyrämö");
  await signedIn(page);
  const bookmarks = [...seen].filter((url) => url.startsWith(service.url));
  assert.ok(bookmarks.some((url) => url.includes("/eid/telia/callback")));
  const stranger = await browser.window({ name: "bookmark" });
  const redeemed = () => brokers.broker("telia").log.filter(({ at }) => at === "token").length;
  const before = redeemed();
  for (const later of [false, true]) {
    if (later) clock.advance(minutes(24 * 60));
    for (const each of [page, stranger.page])
      for (const url of bookmarks) {
        const answer = await each.goto(url);
        assert.ok((answer?.status() ?? 200) < 500, url);
        await hasWayOn(each, url);
      }
  }
  assert.equal(redeemed(), before, "no answer was used again");
  await stranger.page.goto(`${service.url}/account`);
  await stranger.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await stranger.close();
  await close();
});

test("SIN-8 too long at the bank: said so, and the same journey goes on", { skip }, async () => {
  const window = await browser.window({ name: "eid-late" });
  const { page, close } = window;
  await toBanks(page);
  await mouse.press(page, "Nordea");
  await page.getByRole("heading", { name: "Who are you?" }).waitFor();
  clock.advance(minutes(21));
  await mouse.press(page, "Tero Testi Äyrämö");
  await page.getByText("The identification took too long").waitFor();
  assert.deepEqual(await window.look("expired"), []);
  await mouse.press(page, "Nordea");
  await mouse.press(page, "Tero Testi Äyrämö");
  await signedIn(page);
  await close();
});

test("SIN-8 a bank that is clicked twice is left for once", { skip }, async () => {
  const { page, close } = await browser.window();
  await toBanks(page);
  const asked = () => brokers.broker("telia").log.filter(({ at }) => at === "authorize").length;
  const before = asked();
  await page.getByRole("button", { name: "Nordea" }).first().dblclick();
  await mouse.press(page, "Nordea Korhonen");
  await signedIn(page);
  assert.equal(asked(), before + 1);
  assert.match((await page.locator("pre").textContent()) ?? "", /"amr": \[\s*"mfa"\s*\]/);
  await close();
});
