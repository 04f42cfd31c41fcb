import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openFollowed, passValue } from "../grounds/recovery-service.ts";
import { testDatabase } from "../harness/database.ts";
import { makeOrganisation } from "../harness/people.ts";
import { heading, mouse, noBrowser, openBrowser, type RealBrowser, type Window } from "../harness/real-browser.ts";
import { type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
let database: Awaited<ReturnType<typeof testDatabase>>;
let service: Service;
let browser: RealBrowser;
let followed: Awaited<ReturnType<typeof openFollowed>>;

before(async () => {
  if (skip) return;
  database = await testDatabase();
  [service, browser] = await Promise.all([startService({ databaseUrl: database.url }), openBrowser()]);
  followed = await openFollowed(() => service, await makeOrganisation(service));
});
after(async () => {
  await browser?.close();
  await service?.close();
  await database?.drop();
});

/** The page of a reset that this window has just made. */
async function resetIn({ page, context }: Window) {
  await page.goto(`${service.url}/recover`);
  const cookie = (await context.cookies()).find(({ name }) => name === "vahva_browser");
  const reset = await followed.reset(cookie?.value ?? "");
  await page.goto(service.url + reset.path);
  return reset;
}

test("REC-3 the list fills in by itself; the heading follows, the focus stays, and the pass is shown once", {
  skip,
}, async () => {
  for (const [width, scheme] of [
    [320, "dark"],
    [1280, "light"],
  ] as const) {
    const window = await browser.window({ width, scheme, name: `recovery-status-${width}` });
    const { page, look } = window;
    const { path, becomes, isDone } = await resetIn(window);
    assert.equal(await heading(page), "Your old sign-in methods are being removed");
    await page.getByText("This list fills in by itself").waitFor();
    assert.deepEqual(await look("begun"), []);
    await page.getByRole("button", { name: "Link a new sign-in method" }).focus();
    await becomes("entra", { attempts: 1, removed: 1, total: 2 });
    await page.getByText("Sign-in methods removed: 1 of 2.").waitFor();
    await isDone("library");
    await page.getByText("Done at").waitFor();
    assert.deepEqual(await look("under-way"), []);
    await isDone("entra", { pass: true });
    await page.getByRole("heading", { level: 1, name: "Your old sign-in methods are removed" }).waitFor();
    assert.match(await page.title(), /^Your old sign-in methods are removed – Koivula Ltd$/);
    for (const over of ["This list fills in by itself", "Update this list"])
      await page.getByText(over).waitFor({ state: "hidden" });
    assert.equal(await page.locator(":focus").textContent(), "Link a new sign-in method", "the focus stayed");
    assert.deepEqual(await look("done"), []);

    const stranger = await browser.window();
    await stranger.page.goto(service.url + path);
    assert.equal(await stranger.page.getByRole("button").count(), 0, "nothing to press in another browser");
    await stranger.close();

    await mouse.press(page, "Show the pass");
    await page.getByText(passValue).waitFor();
    assert.deepEqual(await look("pass"), []);
    await mouse.press(page, "Back to the list");
    await page.getByText("The temporary pass has been shown").waitFor();
    assert.ok(!(await page.content()).includes(passValue));
    await mouse.press(page, "Link a new sign-in method");
    await page.waitForURL(/\/journey\//);
    await window.close();
  }
});

test("GUI-2 REC-3 without script the list is brought up to date by its link, in each language", { skip }, async () => {
  for (const [language, update, done] of [
    ["fi", "Päivitä luettelo", "Valmis klo"],
    ["sv", "Uppdatera listan", "Klart kl."],
    ["en", "Update this list", "Done at"],
  ] as const) {
    const window = await browser.window({
      language,
      width: 390,
      javaScript: false,
      name: `recovery-status-${language}`,
    });
    const { page, look } = window;
    const { isDone } = await resetIn(window);
    assert.equal(await page.locator("[data-live]").isVisible(), false, "it does not fill in by itself here");
    await isDone("library");
    await mouse.press(page, update);
    await page.getByText(done).waitFor();
    assert.deepEqual(await look("plain"), []);
    await window.close();
  }
});

test("OPS-4 REC-3 under the pages' own policy the list goes on when another node takes over", { skip }, async () => {
  const window = await browser.window({ inspected: false });
  const { page } = window;
  const { becomes, isDone } = await resetIn(window);
  await becomes("entra", { attempts: 1, removed: 1, total: 2 });
  await page.getByText("Sign-in methods removed: 1 of 2.").waitFor();
  const { port } = service;
  await service.close();
  service = await startService({ databaseUrl: database.url, env: { VAHVA_PORT: String(port) } });
  await Promise.all([isDone("library"), isDone("entra")]);
  await page.getByRole("heading", { level: 1, name: "Your old sign-in methods are removed" }).waitFor();
  assert.deepEqual(await page.locator(".checks > li").count(), 4);
  await window.close();
});
