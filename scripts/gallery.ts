import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import { chromium } from "playwright-core";
import { assetRoutes } from "../src/platform/pages/index.ts";
import { galleryPages } from "./gallery-pages.ts";

/**
 * `npm run gallery`: every part of the pages with sample words, photographed at three widths, light and dark, and read by
 * axe-core. Prints the folder of the pictures; exits with 1 when something is inaccessible, overflows or breaks the CSP.
 * `npm run gallery -- serve` only serves the pages, at http://localhost:4400/.
 */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const widths = [320, 390, 1280];
const schemes = ["light", "dark"] as const;

/** Runs in the page: what axe-core finds, and whether the page is wider than its window. */
const look = `(async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run({ runOnly: tags });
  const found = violations.map((v) => v.id + ": " + v.nodes.map((node) => node.html.slice(0, 150)).join(" | "));
  const wide = document.documentElement.scrollWidth - innerWidth;
  return wide > 0 ? [...found, "scrolls sideways by " + wide] : found;
})()`;

const app = Fastify();
assetRoutes(app);
const pages = await galleryPages();
app.addHook("onSend", async (_request, reply) => {
  reply.header("content-security-policy", policy);
});
const links = [...pages.keys()].map((name) => `<li><a href="/${name}">${name}</a></li>`).join("");
app.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(`<ul>${links}</ul>`));
for (const [name, page] of pages)
  app.get(`/${name}`, (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
// Of pages that are kept up to date: nothing has changed.
app.get("/:name/events", (_request, reply) => reply.type("text/event-stream").send("retry: 600000\n\n"));

const serving = process.argv.includes("serve");
const address = await app.listen({ port: serving ? 4400 : 0 });
if (serving) console.log(`${address}/`);
else {
  const problems = await photograph();
  await app.close();
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

async function photograph(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "vahva-gallery-"));
  const problems: string[] = [];
  const axe = readFileSync(join(import.meta.dirname, "../node_modules/axe-core/axe.min.js"), "utf8");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  for (const width of widths)
    for (const colorScheme of schemes) {
      const tab = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      tab.on("console", (message) => {
        if (message.type() === "error") problems.push(`${tab.url()}: ${message.text()}`);
      });
      const into = join(folder, `${width}-${colorScheme}`);
      mkdirSync(into);
      for (const name of pages.keys()) {
        await tab.goto(`${address}/${name}`);
        writeFileSync(join(into, `${name}.png`), await tab.screenshot({ fullPage: true }));
        const found = (await tab.evaluate(`${axe}; ${look}`)) as string[]; // what `look` gives
        problems.push(...found.map((text) => `${width} ${colorScheme} ${name}: ${text}`));
      }
      await tab.close();
    }
  await browser.close();
  console.log(folder);
  return problems;
}
