import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { days, minutes } from "../../src/kernel/time.ts";
import { activatedAccount, invitedWithPin, makeOrganisation } from "../harness/people.ts";
import {
  fillIn,
  noBrowser,
  openBrowser,
  type Page,
  type RealBrowser,
  type WindowOptions,
} from "../harness/real-browser.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
const clock = movableClock();
let service: Service;
let browser: RealBrowser;
/** Addresses whose pages are looked at, by name. */
let addresses: Record<string, string>;

before(async () => {
  if (skip) return;
  [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  const koivula = await makeOrganisation(service);
  const [expired, replaced, revoked, locked] = [
    await invitedWithPin(service, koivula),
    await invitedWithPin(service, koivula),
    await invitedWithPin(service, koivula),
    await invitedWithPin(service, koivula),
  ];
  clock.advance(days(14) + minutes(1));
  await service.features.inviting.sendAgain(replaced.invitationId, { actor: "operator" });
  await service.features.inviting.revoke(revoked.invitationId, { actor: "operator" });
  await service.db.updateTable("invitation").set({ state: "locked" }).where("id", "=", locked.invitationId).execute();
  await activatedAccount(service, koivula);
  addresses = {
    expired: expired.link,
    replaced: replaced.link,
    revoked: revoked.link,
    locked: locked.link,
    unknown: `${service.url}/activate/${"A".repeat(43)}`,
    "not-found": `${service.url}/no/such/page`,
    "method-not-allowed": `${service.url}/account/sign-out`,
    "unknown-application": `${service.url}/authorize?client_id=nobody&response_type=code&scope=openid`,
    "old-request": `${service.url}/authorize/an-old-one`,
    "sign-out": `${service.url}/sign-out`,
    clock: `${service.url}/test/code`,
    "signed-out": `${service.url}/signed-out?organisation=koivula`,
  };
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const windows: WindowOptions[] = [
  { language: "fi", width: 320, scheme: "dark" },
  { language: "sv", width: 1280 },
  { language: "en", width: 390 },
];
for (const options of windows)
  test(`SIN-12 ACT-8 GUI-2 pages of failures are whole in ${options.language}, ${options.width} pixels wide`, {
    skip,
  }, async () => {
    const window = await browser.window({ ...options, name: `failure-${options.language}` });
    const { page } = window;
    const problems: string[] = [];
    for (const [name, address] of Object.entries(addresses)) {
      await page.goto(address);
      problems.push(...(await window.look(name)), ...(await broken(page, name)));
    }
    await page.goto(`${service.url}/sign-in?organisation=koivula`);
    await page.context().clearCookies();
    await fillIn(page, { username: "aino", password: "anything" });
    problems.push(...(await window.look("cookies-needed")), ...(await broken(page, "cookies-needed")));
    await window.close();
    assert.deepEqual(problems, []);
  });

/** What a page of a failure owes: a heading, something to do, and words instead of keys. */
async function broken(page: Page, name: string): Promise<string[]> {
  const text = (await page.locator("body").textContent()) ?? "";
  const ways = await page.locator("main").locator("a, button").count();
  return [
    ...(ways > 0 ? [] : [`${name}: no way on`]),
    ...(/undefined|\[object|\{\{|\b(?:errors|common|activation):[a-z]/.test(text) ? [`${name}: not words`] : []),
    ...((await page.locator("h1").count()) === 1 ? [] : [`${name}: not one heading`]),
  ];
}
