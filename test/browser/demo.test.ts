import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { machineClock } from "../../src/ports/clock.ts";
import { startApplication } from "../doubles/application.ts";
import { testDatabase } from "../harness/database.ts";
import { linkIn, makePhone, type Phone, rightPassword } from "../harness/people.ts";
import {
  fillIn,
  mouse,
  noBrowser,
  openBrowser,
  type Page,
  type RealBrowser,
  scanKey,
} from "../harness/real-browser.ts";
import { type Node, runCommand, spawnService, until } from "../harness/service.ts";

const skip = noBrowser();
let database: Awaited<ReturnType<typeof testDatabase>>;
let node: Node;
let browser: RealBrowser;

before(async () => {
  if (skip) return;
  database = await testDatabase();
  [node, browser] = await Promise.all([spawnService({ databaseUrl: database.url }), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await node?.kill();
  await database?.drop();
});

type Message = {
  channel: "email" | "sms";
  to: string;
  subject: string | null;
  text: string;
  html: string | null;
  at: string;
};

const inbox = async () => (await (await fetch(`${node.url}/demo/inbox.json`)).json()) as Message[]; // the demo's own
const latest = (channel: Message["channel"], to: string, sought: RegExp) =>
  until(async () => {
    const found = (await inbox()).find((message) => message.channel === channel && message.to === to);
    return found && sought.exec(found.text)?.[0];
  }, `a message to ${to}`);

/** Invited by the real command, activated in the browser; the page stands at the confirmation. */
async function activate(page: Page, organisation: string, email: string, phone: string): Promise<Phone> {
  const names = ["--given-name", "Aino", "--family-name", "Virtanen", "--language", "en"];
  const wanted = ["--organisation", organisation, "--email", email, "--phone", phone, ...names];
  const invited = JSON.parse(await runCommand(node, "invite", ...wanted, "--json")) as { url: string };
  const link = await latest("email", email, /https?:\/\/\S+\/activate\/[\w-]+/);
  assert.equal(link, invited.url);
  assert.equal(linkIn(link), link);
  await page.goto(link);
  await fillIn(page, { pin: await latest("sms", phone, /\b\d{6}\b/) });
  await mouse.press(page, "Authenticator app");
  await fillIn(page, { new_password: rightPassword });
  await page.locator(".qr").waitFor();
  const app = makePhone(await scanKey(page), machineClock);
  await fillIn(page, { code: await app.code() });
  await page.getByRole("heading", { name: "Your account is active" }).waitFor();
  return app;
}

test("ACT-1 ACT-2 ACT-6 SIN-3 SIN-9 SIN-11 the demo, by the real command: invited, activated, signed in, stepped up, out and in", {
  skip,
}, async () => {
  const window = await browser.window({ name: "demo" });
  const { page } = window;
  const problems: string[] = [];
  const look = async (name: string) => void problems.push(...(await window.look(name)));
  await page.goto(node.url);
  await look("0-root");
  await page.goto(`${node.url}/demo`);
  await look("1-welcome");
  await page.goto(`${node.url}/demo/inbox`);
  await look("2-inbox");
  const email = "aino@havula.example";
  const app = await activate(page, "havula", email, "+358401230001");
  await mouse.press(page, "Continue to Havula Online");
  await page.getByRole("heading", { name: "Welcome, Aino" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/demo");
  await look("3-signed-in");
  for (const claim of [email, "aal2", "pwd", "otp", "mfa"])
    await page.locator("table").getByText(claim).first().waitFor();

  await mouse.press(page, "Ask Two factors");
  await page.getByRole("heading", { name: "Welcome, Aino" }).waitFor();
  await mouse.press(page, "Ask A hardware factor");
  await page.getByRole("heading", { name: "A stronger way to sign in is needed" }).waitFor();
  await look("4-stronger");
  await mouse.press(page, "Back to Havula Online");
  await page.getByText("unmet_authentication_requirements").waitFor();
  await look("5-unmet");
  await mouse.press(page, "Ask Sign in again");
  await mouse.press(page, "Continue with authenticator app");
  await page.getByRole("heading", { name: "Sign in with your password" }).waitFor();
  await look("6-again");
  await page.goto(`${node.url}/demo`);
  await page.getByRole("heading", { name: "Welcome, Aino" }).waitFor();

  await mouse.press(page, "Sign out");
  await page.getByText("You are signed out").waitFor();
  await look("7-signed-out");
  await page.goto(`${node.url}/account`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto(`${node.url}/demo/sign-in`);
  await mouse.press(page, "Continue with authenticator app");
  await fillIn(page, { username: email, password: rightPassword });
  await fillIn(page, { code: await app.code() });
  await page.getByRole("heading", { name: "Welcome, Aino" }).waitFor();

  await page.goto(`${node.url}/demo/invite`);
  await look("8-invite");
  await window.close();
  assert.deepEqual(problems, []);
});

test("ACT-5 SIN-2 the demo's bank: activated and signed in by it in 320 pixels without JavaScript, and nobody takes it for a real one", {
  skip,
}, async () => {
  const problems: string[] = [];
  const email = "mikael@havula.example";
  const names = ["--given-name", "Mikael", "--family-name", "Öhman", "--language", "fi", "--phone", "+358401230003"];
  await runCommand(node, "invite", "--organisation", "havula", "--email", email, ...names);
  const link = await latest("email", email, /https?:\/\/\S+\/activate\/[\w-]+/);
  const pin = await latest("sms", "+358401230003", /\b\d{6}\b/);
  const window = await browser.window({ name: "bank", language: "fi", width: 320, javaScript: false });
  const { page } = window;
  const look = async (name: string) => void problems.push(...(await window.look(name)));
  await page.goto(link);
  await fillIn(page, { pin });
  await mouse.press(page, "Pankkitunnukset");
  await mouse.press(page, "Pihlajapankki");
  await page.getByText("Ei oikea pankki").waitFor();
  await look("1-people");
  await mouse.press(page, "Peruuta");
  await mouse.press(page, "Pihlajapankki");
  await mouse.press(page, "Mikael Öhman");
  await page.getByRole("heading", { name: "Tilisi on käytössä" }).waitFor();
  await window.context.clearCookies();

  await page.goto(`${node.url}/demo/sign-in`);
  await mouse.press(page, "Jatka pankkitunnuksilla");
  await mouse.press(page, "Mobiilivarmenne (demo)");
  await page.getByText("230991-****").waitFor();
  await mouse.press(page, "Mikael Öhman");
  await page.getByRole("heading", { name: "Tervetuloa, Mikael" }).waitFor();
  await window.close();
  assert.deepEqual(problems, []);
});

test("ACT-1 APP-2 an organisation and an application of one's own, by the real commands", { skip }, async () => {
  const application = await startApplication({
    url: node.url,
    features: {
      applications: {
        register: async ({ settings }) =>
          JSON.parse(await runCommand(node, "application", "add", "--settings", JSON.stringify(settings), "--json")),
      },
    },
  });
  const window = await browser.window({ language: "sv" });
  try {
    const home = ["--home", `${application.url}/login`, "--home-name", "Calendar"];
    const name = ["--name", "fi=Mäntylä Oy", "--name", "sv=Mäntylä Ab", "--name", "en=Mäntylä Ltd"];
    await runCommand(node, "organisation", "create", "mantyla", ...name, ...home, "--support-phone", "09 310 1691");
    const { page } = window;
    const app = await activate(
      page,
      "mantyla",
      "aino@mantyla.example",
      "040 123 0002".replaceAll(" ", "").replace("0", "+358"),
    );
    await page.getByText("Mäntylä Ltd").first().waitFor();
    await mouse.press(page, "Continue to Calendar");
    await page.getByText("Signed in").waitFor();
    assert.match((await page.locator("pre").textContent()) ?? "", /aino@mantyla\.example/);
    await page.goto(`${application.url}/logout`);
    await page.goto(`${application.url}/login`);
    await mouse.press(page, "Fortsätt med autentiseringsapp");
    await fillIn(page, { username: "AINO@mantyla.example", password: rightPassword });
    await fillIn(page, { code: await app.code() });
    await page.getByText("Signed in").waitFor();
  } finally {
    await window.close();
    await application.close();
  }
});

test("OPS-4 the node ends on SIGTERM with 0, and has printed no fault", { skip }, async () => {
  assert.equal(await node.kill("SIGTERM"), 0);
  assert.doesNotMatch(node.log(), /"level":(?:50|60)|Error/);
  assert.match(node.log(), /Vahva is ready: http:\/\/localhost/);
});
