import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { activatedAccount, makeOrganisation, wordsTo } from "../harness/people.ts";
import { noBrowser, openBrowser, type RealBrowser } from "../harness/real-browser.ts";
import { type Service, startService } from "../harness/service.ts";

const skip = noBrowser();
let service: Service;
let koivula: Organisation;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  service = await startService();
  koivula = await makeOrganisation(service);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const words = {
  en: {
    forgot: "Forgot your password?",
    open: "Choose a new password",
    done: "Your password was changed",
    signIn: "Sign in",
  },
  fi: {
    forgot: "Unohditko salasanan?",
    open: "Valitse uusi salasana",
    done: "Salasanasi vaihdettiin",
    signIn: "Kirjaudu",
  },
  sv: {
    forgot: "Glömt lösenordet?",
    open: "Välj ett nytt lösenord",
    done: "Ditt lösenord har bytts",
    signIn: "Logga in",
  },
} as const satisfies Record<Language, object>;

const linkTo = (email: string): Promise<string> =>
  wordsTo(service, email, /https?:\/\/\S+\/recover\/password\/[\w-]{43}/);

for (const [language, width, scheme, javaScript] of [
  ["en", 1280, "light", true],
  ["fi", 320, "dark", true],
  ["sv", 390, "light", false],
] as const)
  test(`REC-1 GUI-1 GUI-2 forgotten, changed by the link and signed in with the code, in ${language}, ${width} px wide, ${javaScript ? "with" : "without"} script`, {
    skip,
  }, async () => {
    const { email, phone } = await activatedAccount(service, koivula, { language });
    const say = words[language];
    const name = `forgot-${language}-${width}`;
    const { page, look, close } = await browser.window({ language, width, scheme, javaScript, name });
    const problems: string[] = [];
    await page.goto(`${service.url}/sign-in?organisation=koivula&method=totp`);
    await page.getByRole("link", { name: say.forgot }).click();
    problems.push(...(await look("recover")));
    await page.locator("#email").fill(email);
    await page.locator("main button[type=submit]").click();
    problems.push(...(await look("ways")));
    await page.locator('main button[value="password"]').click();
    problems.push(...(await look("sent")));

    await page.goto(await linkTo(email));
    problems.push(...(await look("link")));
    await page.getByRole("button", { name: say.open }).click();
    problems.push(...(await look("new-password")));
    await page.locator("#new_password").fill("neljä keltaista leijonaa");
    await page.locator("main button[type=submit]").first().click();
    assert.equal(await page.locator("h1").textContent(), say.done);
    problems.push(...(await look("changed")));
    await page.getByRole("main").getByRole("link", { name: say.signIn }).click();
    assert.equal(await page.locator("#username").inputValue(), email);
    await page.locator("#password").fill("neljä keltaista leijonaa");
    await page.locator("main button[type=submit]").first().click();
    await page.locator("#code").fill(await phone.code());
    await page.locator("main button[type=submit]").first().click();
    await page.waitForURL("**/account");
    await page.goto(await linkTo(email));
    problems.push(...(await look("over")));
    assert.deepEqual(problems, []);
    await close();
  });
