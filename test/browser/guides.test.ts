import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages } from "../../src/kernel/language.ts";
import { openCardService } from "../grounds/card-service.ts";
import { part } from "../harness/parts.ts";
import { makeOrganisation } from "../harness/people.ts";
import { noBrowser, openBrowser, type RealBrowser } from "../harness/real-browser.ts";
import { startService } from "../harness/service.ts";

const skip = noBrowser();
const every = ["eid", "passkey", "certificate", "totp", "token"] as const;
const support = [
  { kind: "password", phone: "+358 10 555 0112", hours: { fi: "ympäri vuorokauden", en: "day and night" } },
  { kind: "rights", email: "oikeudet@koivula.example" },
  { kind: "technical", phone: "+358 10 555 0119", hours: { fi: "arkisin 7-17", en: "weekdays 7 to 17" } },
];
const policy = { methods: { staff: { permitted: ["eid", "passkey", "certificate", "totp"] } } };
/** Cards are in service where there is a card listener. */
const noCards = [part("openssl")].find((each) => "missing" in each);
let browser: RealBrowser;
/** The addresses of all guides, by name. */
const addresses = new Map<string, string>();
const stopping: (() => Promise<void>)[] = [];

before(async () => {
  if (skip) return;
  const services = await Promise.all([startService({ bank: true }), ...(noCards ? [] : [openCardService()])]);
  for (const service of services) {
    stopping.push(service.close);
    await makeOrganisation(service, "koivula", { support, policy });
    const list = await (await fetch(`${service.url}/help?organisation=koivula`)).text();
    for (const name of every)
      if (list.includes(`/help/${name}?`)) addresses.set(name, `${service.url}/help/${name}?organisation=koivula`);
  }
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  for (const stop of stopping) await stop();
});

/** Each page of a PDF is an object of its own. */
const pagesIn = (pdf: Buffer) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;

test("GUI-3 every guide prints on one sheet of A4, in each language, with the support contacts on it", {
  skip,
}, async () => {
  assert.equal(addresses.size, noCards ? 4 : 5, [...addresses.keys()].join(" "));
  for (const language of languages) {
    const { page, close } = await browser.window({ language });
    for (const [name, address] of addresses) {
      await page.goto(`${address}&lang=${language}`);
      const pdf = await page.pdf({ format: "A4" });
      assert.equal(pagesIn(pdf), 1, `${name} in ${language}`);
      assert.match((await page.locator("aside").textContent()) ?? "", /5550119/);
    }
    await close();
  }
});

test("GUI-2 GUI-3 GUI-4 guides and cures keep every promise of a page: on a narrow screen, in the dark, without script", {
  skip,
}, async () => {
  for (const [language, width, scheme, javaScript] of [
    ["fi", 320, "dark", true],
    ["sv", 390, "light", true],
    ["en", 1280, "light", true],
    ["en", 390, "dark", false],
  ] as const) {
    const { page, look, close } = await browser.window({
      language,
      width,
      scheme,
      javaScript,
      name: `guide-${language}-${width}`,
    });
    const problems: string[] = [];
    await page.goto(`${addresses.get("totp")?.replace("/help/totp", "/help")}&lang=${language}`);
    problems.push(...(await look("list")));
    // GUI-4 a question, and the cure behind its first answer, by their links alone.
    await page.locator('a[href*="/help/problems/lost-phone"]').click();
    problems.push(...(await look("problem")));
    await page.locator("main a.way").first().click();
    problems.push(...(await look("cure")));
    assert.equal(await page.locator("ol.guide > li").count(), 3);
    for (const [name, address] of addresses) {
      await page.goto(`${address}&lang=${language}`);
      assert.equal(await page.locator("ol.guide > li").count(), await page.locator("ol.guide svg.picture").count());
      problems.push(...(await look(name)));
    }
    assert.deepEqual(problems, []);
    await close();
  }
});
