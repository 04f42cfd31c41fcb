// Photographs the README's pages in a demo that is running: `node scripts/pictures.ts [http://localhost:4000]`.
// It activates the account of the latest invitation in the demo's inbox and resets the university's student, so take a
// demo that nobody has tried yet.
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { stepAt, usualParameters } from "../src/features/authenticators/totp/domain/code.ts";
import { codeAt, keyFromBase32 } from "../src/features/authenticators/totp/one-time-code.ts";

type Message = { channel: "email" | "sms"; to: string; text: string };

const origin = process.argv[2] ?? "http://localhost:4000";
const folder = join(import.meta.dirname, "..", "docs", "pictures");

const answer = await fetch(`${origin}/demo/inbox.json`);
if (!answer.ok) throw new Error(`there is no demo at ${origin}`);
const messages = (await answer.json()) as Message[]; // our own demo wrote it
const link = firstMatch("email", /https?:\S+\/activate\/[\w-]+/);
const pin = firstMatch("sms", /\b\d{6}\b/);

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 }, locale: "en-GB", colorScheme: "light" });
  await page.goto(`${link}?lang=en`);
  await photograph(page, "activation");
  await submit(page, "pin", pin);
  await page.getByRole("button", { name: "Authenticator app" }).click();
  await page.waitForLoadState();
  await submit(page, "new_password", "kuusi polku harmaa lampi");
  for (const hidden of await page.locator("details").all()) await hidden.locator("summary").click();
  const words = (await page.locator("main").textContent()) ?? "";
  const key = /[A-Z2-7]{4}(?:\s*[A-Z2-7]{4}){7}/.exec(words)?.[0];
  if (!key) throw new Error("the page shows no key for the app");
  await submit(page, "code", codeAt(keyFromBase32(key), usualParameters, stepAt(new Date(), usualParameters.period)));
  await page.goto(`${origin}/demo/sign-in`);
  await photograph(page, "application");
  await page.goto(`${origin}/account`);
  await photograph(page, "account");
  await page.goto(`${origin}/demo/inbox`);
  await photograph(page, "inbox");
  await page.context().clearCookies();
  await page.goto(`${origin}/recover?organisation=revontuli&lang=en`);
  await submit(page, "email", "mikael.ohman@student.revontuli.example");
  for (const choice of ["MFA reset", "Kuusipankki", "Mikael"]) {
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: choice }).first().click()]);
  }
  await page.getByText("Under way").first().waitFor();
  await photograph(page, "recovery");
  await page.goto(`${origin}/demo/directory`);
  await photograph(page, "systems");
} finally {
  await browser.close();
}

/** The latest message of a channel that holds what is sought. */
function firstMatch(channel: Message["channel"], sought: RegExp): string {
  const found = messages.filter((message) => message.channel === channel).map(({ text }) => sought.exec(text)?.[0]);
  const first = found.find((text) => text !== undefined);
  if (!first) throw new Error(`the demo's inbox holds no ${channel} with ${sought}`);
  return first;
}

async function submit(page: Page, field: string, value: string): Promise<void> {
  await page.fill(`[name=${field}]`, value);
  await Promise.all([page.waitForEvent("load"), page.press(`[name=${field}]`, "Enter")]);
}

async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
