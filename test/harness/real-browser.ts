import { spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import type { Language } from "../../src/kernel/language.ts";
import { part, pathOf } from "./parts.ts";

/** Why there can be no browser here, as a sentence for a test's `skip`; false when it can. */
export const noBrowser = (): string | false => {
  const found = part("chromium");
  return "missing" in found ? found.missing : false;
};

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Chromium with a home of its own, so that it knows nothing of whoever runs the tests. `program` starts it, and `home` is
 * furnished, where they are given.
 */
export async function openBrowser({
  program = pathOf("chromium"),
  home = mkdtempSync(join(tmpdir(), "vahva-browser-")),
  env = {},
  trusts,
}: {
  program?: string;
  home?: string;
  env?: Readonly<Record<string, string>>;
  /** A server's certificate (PEM). */
  trusts?: string;
} = {}) {
  const { PATH = "" } = process.env;
  const args = trusts ? [...quiet, `--ignore-certificate-errors-spki-list=${keyHash(trusts)}`] : quiet;
  const browser = await chromium.launch({ executablePath: program, args, env: { PATH, HOME: home, ...env } });
  return {
    window: (options: WindowOptions = {}) => openWindow(browser, options),
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const keyHash = (certificate: string): string =>
  createHash("sha256")
    .update(new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");

export type RealBrowser = Awaited<ReturnType<typeof openBrowser>>;

export type WindowOptions = {
  language?: Language;
  width?: number;
  scheme?: "light" | "dark";
  javaScript?: boolean;
  /** False: pages are under the policy that they are sent with, which `look` can't put axe-core into. */
  inspected?: boolean;
  /** What the pages' names begin with in pictures. */
  name?: string;
};

export type Window = Awaited<ReturnType<typeof openWindow>>;

const axe = () => readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");

/** Runs in the page: what axe-core finds. */
const inspect = `(async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // What is in order needs no report: the greater part of the work.
  const { violations } = await axe.run({ runOnly: tags, resultTypes: ["violations"], selectors: false });
  return violations.map((v) => v.id + ": " + v.nodes.map((node) => node.html.slice(0, 150)).join(" | "));
})()`;

/** Runs in the page: words, or parts of them between hyphens, that go on on another line. Addresses may. */
const torn = `(() => {
  const found = [];
  const undivided = new CSSStyleSheet(); // some browsers have a dictionary, and people's need not
  undivided.replaceSync("* { hyphens: manual !important }");
  document.adoptedStyleSheets.push(undivided);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.parentElement.checkVisibility() || text.parentElement.closest(".break, .key, pre, .vh")) continue;
    for (const { 0: token, index: at } of text.data.matchAll(/[^\\s\\u00ad]+/gu)) {
      if (/[@\\/_\\d]|\\.\\p{L}/u.test(token)) continue;
      for (const { 0: word, index } of token.matchAll(/\\p{L}{3,}/gu)) {
        const range = document.createRange();
        range.setStart(text, at + index + 1);
        range.setEnd(text, at + index + word.length);
        const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom)));
        if (lines.size > 1) found.push(word);
      }
    }
  }
  document.adoptedStyleSheets.pop();
  return found;
})()`;

/** A browser of one person: cookies of its own. `look` holds the page before it against everything that pages promise. */
async function openWindow(browser: Browser, options: WindowOptions) {
  const {
    language = "en",
    width = 1280,
    scheme = "light",
    javaScript = true,
    inspected = true,
    name = "page",
  } = options;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    locale: { fi: "fi-FI", sv: "sv-FI", en: "en-GB" }[language],
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    bypassCSP: javaScript && inspected, // for axe-core, which is put into the page
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const refused = /the server responded with a status of [45]/.test(message.text()); // an error page that a test opens
    if (message.type() === "error" && !refused) faults.push(`${page.url()}: ${message.text()}`);
  });

  /** Every promise that the page breaks: too wide, words torn, inaccessible, a fault in its scripts or its policy. */
  async function look(title: string): Promise<string[]> {
    // A heading is there before the style sheet is, and then nothing is as large as it should be.
    await page.waitForLoadState("load");
    await photograph(page, `${name}-${title}`);
    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    const found = javaScript ? await page.evaluate(`${axe()}; ${inspect}`) : [];
    const problems = [...(found as string[]), ...faults.splice(0)]; // what `inspect` gives
    const broken = (await page.evaluate(torn)) as string[]; // what `torn` gives
    if (broken.length > 0) problems.push(`tears ${broken.join(", ")}`);
    if (Number(wide) > 0) problems.push(`scrolls sideways by ${wide}`);
    return problems.map((problem) => `${title} (${width}, ${scheme}, ${language}): ${problem}`);
  }

  return { page, context, look, close: () => context.close() };
}

/** With SCREENSHOTS=<folder>, a picture of every page that tests look at. */
async function photograph(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The key in the QR code before the person, read from a photograph of it as a phone does; typed where there is no reader. */
export async function scanKey(page: Page): Promise<string> {
  const reader = part("zbarimg");
  if ("missing" in reader) return ((await page.locator(".key").textContent()) ?? "").replace(/[^A-Z2-7]/g, "");
  const folder = mkdtempSync(join(tmpdir(), "vahva-qr-"));
  try {
    const picture = join(folder, "qr.png");
    writeFileSync(picture, await page.locator(".qr").screenshot());
    const { stdout } = spawnSync(reader.path, ["-q", "--raw", picture], { encoding: "utf8" });
    return new URL(stdout.trim()).searchParams.get("secret") ?? "";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Types into the field `name` and posts its form with the form's own button. */
export async function fillIn(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  let last = "";
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`input[name=${name}]:visible`).fill(value);
    last = name;
  }
  const form = page.locator("form").filter({ has: page.locator(`input[name=${last}]:visible`) });
  await form.locator("button[type=submit]").first().click();
}

/** How a person goes on: with the mouse, or with keys alone. */
export type Hands = {
  fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void>;
  press(page: Page, label: string): Promise<void>;
};

const called = (page: Page, label: string): Locator =>
  page
    .getByRole("link", { name: label })
    .or(page.getByRole("button", { name: label }))
    .first();

export const mouse: Hands = { fill: fillIn, press: (page, label) => called(page, label).click() };

/** Tab, typing and Enter; where the focus is must show at every stop. */
export const keyboard: Hands = {
  async fill(page, fields) {
    for (const [name, value] of Object.entries(fields)) {
      await tabTo(page, page.locator(`input[name=${name}]:visible`));
      await page.keyboard.type(value);
    }
    await page.keyboard.press("Enter");
  },
  async press(page, label) {
    await tabTo(page, called(page, label));
    await page.keyboard.press("Enter");
  },
};

/** Runs in the page: whether it shows where the keys go. */
const showsFocus = `(() => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
  return outlineStyle === "auto" || (outlineStyle !== "none" && parseFloat(outlineWidth) > 1) || boxShadow !== "none";
})()`;

async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stops = 0; stops < 60; stops += 1) {
    const onPage = (await page.locator(":focus").count()) > 0;
    if (onPage && !(await page.evaluate(showsFocus))) throw new Error(`${page.url()}: the focus does not show`);
    if ((await target.and(page.locator(":focus")).count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${page.url()}: the keys never reach ${target}`);
}

export const heading = async (page: Page): Promise<string> => (await page.locator("h1").textContent())?.trim() ?? "";

export type { Page };
