import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { loadAccount, loadOrganisation, type Organisation } from "../../src/features/organisations/index.ts";
import { hours, plus } from "../../src/kernel/time.ts";
import { invite, makeOrganisation, messagesTo, wordsTo } from "../harness/people.ts";
import { noBrowser, openBrowser, type RealBrowser } from "../harness/real-browser.ts";
import { type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
const windows = [
  ["fi", 320, "dark", true],
  ["sv", 390, "light", false],
  ["en", 1280, "light", true],
] as const;

let service: Service;
let koivula: Organisation;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  service = await startService({ bank: true });
  const home = { name: "Lehtolan yliopisto", help: "+358 16 555 0200" };
  koivula = await makeOrganisation(service, "koivula", {
    emailCategories: { "lehtola.example": "guest" },
    policy: { recovery: { withoutCode: true, homes: { "lehtola.example": home } } },
  });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await service?.close();
});

/** Opens `/recover`, and answers its one question. */
async function begin(page: Page, email: string, language: string): Promise<void> {
  await page.goto(`${service.url}/recover?organisation=koivula&lang=${language}`);
  await page.locator("#email").fill(email);
  await page.locator("main button").first().click();
  await page.waitForURL(/\/journey\//);
}

test("REC-5 GUI-1 GUI-2 a guest's pages: in each language, narrow and wide, dark and light, with and without script", {
  skip,
}, async () => {
  for (const [language, width, scheme, javaScript] of windows) {
    const email = `guest-${language}@lehtola.example`;
    await invite(service, koivula, { email });
    await messagesTo(service, email);
    const name = `case-${language}-${width}`;
    const { page, look, close } = await browser.window({ language, width, scheme, javaScript, name });
    const problems: string[] = [];
    await begin(page, email, language);
    assert.match((await page.locator("main").textContent()) ?? "", /Lehtolan yliopisto/);
    problems.push(...(await look("guest")));
    await page.locator("textarea").fill("   ");
    await page.locator("main form button").click();
    await page.locator(".error").waitFor();
    problems.push(...(await look("guest-refused")));
    await page.locator("textarea").fill("Puhelin katosi.\nMitä teen?");
    await page.locator("main form button").click();
    await page.waitForURL(/\/recover\/guest\?/);
    problems.push(...(await look("guest-asked")));
    await page.goto(await wordsTo(service, email, /http\S+\/recover\/guest\/[\w-]{43}/));
    problems.push(...(await look("guest-confirm")));
    await page.locator("main form button").click();
    await page.locator(".ref").waitFor();
    problems.push(...(await look("guest-confirmed")));
    await page.goto(`${service.url}/recover/guest/${"x".repeat(43)}`);
    problems.push(...(await look("guest-over")));
    await close();
    assert.deepEqual(problems, [], language);
  }
});

/** A document was shown in the journey at which the page stands. */
async function shown(page: Page, accountId: string): Promise<void> {
  const { db, clock, features } = service;
  const journeyId = /\/journey\/([\w-]{36})/.exec(page.url())?.[1] ?? "";
  const [account, organisation] = [await loadAccount(db, accountId), await loadOrganisation(db, koivula.id)];
  assert.ok(account && organisation);
  const now = clock.now();
  const origin = { network: "198.51.100.7", reference: `DOC-${accountId.slice(0, 3)}-00`.toUpperCase() };
  const given = {
    account,
    organisation,
    kind: "document",
    origin,
    journeyId,
    expiresAt: plus(now, hours(24)),
  } as const;
  await db.transaction().execute((tx) => features.cases.openCase(tx, given, now));
}

test("REC-3 GUI-1 GUI-2 the pages of a document that an agent looks at: waiting, approved, taken back", {
  skip,
}, async () => {
  for (const [language, width, scheme, javaScript] of windows) {
    const { accountId, email } = await invite(service, koivula);
    const name = `case-${language}-${width}`;
    const { page, look, close } = await browser.window({ language, width, scheme, javaScript, name });
    const problems: string[] = [];
    await begin(page, email, language);
    await page.locator('button[value="reset"]').click();
    await page.locator('button[name="means"]').first().waitFor();
    await shown(page, accountId);
    await page.goto(page.url());
    problems.push(...(await look("document-waiting")));
    const decide = async (decision: "approve" | "close") => {
      const [one] = await service.features.cases.list(service.db, { accountId });
      assert.ok(one);
      await service.features.cases.decide(one, { decision, reason: "Called back", actor: "operator" });
    };
    await decide("approve");
    await page.locator("main a").first().click();
    await page.locator('button[name="document"]').waitFor();
    problems.push(...(await look("document-approved")));
    await decide("close");
    await page.goto(page.url());
    problems.push(...(await look("document-over")));
    await close();
    assert.deepEqual(problems, [], language);
  }
});
