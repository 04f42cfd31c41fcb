import assert from "node:assert/strict";
import { test } from "node:test";
import { noApache, startApache } from "../doubles/apache.ts";
import { activatedAccount, makeOrganisation, rightPassword } from "../harness/people.ts";
import { fillIn, mouse, noBrowser, openBrowser } from "../harness/real-browser.ts";
import { movableClock, startService } from "../harness/service.ts";

test("APP-1 SIN-9 SIN-11 an application behind Apache's mod_auth_openidc: in, its claims, out, and in again", {
  skip: noBrowser() || noApache(),
}, async () => {
  const clock = movableClock();
  const [service, browser] = await Promise.all([startService({ clock }), openBrowser()]);
  const wiki = await startApache(service);
  try {
    const { email, phone, accountId } = await activatedAccount(service, await makeOrganisation(service));
    const { page } = await browser.window();
    const shown = (id: string) => page.locator(`#${id}`).textContent();
    const signIn = async () => {
      await page.getByRole("heading", { name: "Sign in with your password" }).waitFor();
      await fillIn(page, { username: email, password: rightPassword });
      await fillIn(page, { code: await phone.code() });
    };
    await page.goto(`${wiki.url}/wiki/`);
    await signIn();
    await page.getByText(`User: ${email}`).waitFor();
    assert.deepEqual(await Promise.all(["sub", "acr", "name", "iss"].map(shown)), [
      accountId,
      "aal2",
      "Aino Virtanen",
      service.url,
    ]);
    assert.match((await shown("amr")) ?? "", /pwd.*otp.*mfa/);

    await mouse.press(page, "Sign out");
    await page.getByText("You have left the wiki").waitFor();
    await page.goto(`${service.url}/account`);
    await page.getByRole("heading", { name: "Sign in with your password" }).waitFor();
    await page.goto(`${wiki.url}/wiki/`);
    await signIn();
    await page.getByText(`User: ${email}`).waitFor();
    assert.doesNotMatch(wiki.log(), /:error\]/);
  } finally {
    await wiki.stop();
    await browser.close();
    await service.close();
  }
});
