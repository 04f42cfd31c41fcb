import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { noSimpleSamlPhp, password } from "../doubles/suomifi/simplesamlphp.ts";
import { openSuomifiService, type SuomifiService } from "../grounds/suomifi-service.ts";
import { invitedWithPin } from "../harness/people.ts";
import { fillIn, mouse, noBrowser, openBrowser, type Page, type RealBrowser } from "../harness/real-browser.ts";

const skip = noBrowser() || noSimpleSamlPhp();
let service: SuomifiService;
let kunta: Organisation;
let browser: RealBrowser;
before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([openSuomifiService({ demo: true }), openBrowser()]);
  kunta = await service.organisation();
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const shows = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

// Its page is another site's: what it posts here comes without our cookies, which a real browser decides.
test("ACT-5 SIN-2 SIN-11 Suomi.fi in a real browser: activated, signed out here and there, in again, Back and a bookmark", {
  skip,
}, async () => {
  const window = await browser.window({ name: "suomifi" });
  const { page } = window;
  const { link, pin } = await invitedWithPin(service, kunta);
  const addresses: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.method() === "GET") addresses.push(request.url());
  });
  await page.goto(link);
  await fillIn(page, { pin });
  await mouse.press(page, "Online banking codes, Mobile ID or BankID");
  await shows(page, "Identify yourself");
  assert.deepEqual(await window.look("1-identify"), []);
  await mouse.press(page, "Continue to Suomi.fi");
  await fillIn(page, { username: "card", password });
  await shows(page, "Your account is active");

  await page.goto(`${service.url}/account`);
  await mouse.press(page, "Sign out");
  await shows(page, "You are signed out");
  assert.ok(addresses.some((url) => url.includes("/eid/suomifi/logout?SAMLResponse=")));

  await page.goto(`${service.url}/sign-in?organisation=${kunta.slug}&to=account`);
  await mouse.press(page, "Continue with bank authentication");
  await mouse.press(page, "Continue to Suomi.fi");
  await page.locator("input[name=password]").waitFor(); // it has forgotten the person too
  await page.goBack();
  await mouse.press(page, "Continue to Suomi.fi");
  await fillIn(page, { username: "card", password });
  await shows(page, "User services");

  const callback = addresses.findLast((url) => url.includes("/eid/suomifi/callback")) ?? "";
  assert.match(callback, /\?state=[\w-]{43}&posted=[\w-]{43}$/, "no answer is in an address");
  await page.goto(callback);
  await shows(page, "User services");
  const stranger = await browser.window();
  await stranger.page.goto(callback);
  await shows(stranger.page, "Sign in");
  await stranger.close();
  await window.close();
});
