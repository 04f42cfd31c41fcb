// Which rules of docs/reference/rules.md have a test? Prints each with the tests that name it; `--json` for machines.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Rule = { id: string; text: string; tests: { file: string; name: string }[] };

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** `- **ACT-3** text`, with the lines that go on with it. */
const ruleItem = /^- \*\*([A-Z]{3}-\d+)\*\* ((?:.+\n?)(?: {2}.+\n?)*)/gm;

/** A text in a test file that begins with one or more rules: `"ACT-3 SIN-1 opening the link …"`. */
const named = /(["'`])((?:[A-Z]{3}-\d+[\s,:]+)+.*?)\1/g;

const rules: Rule[] = [...read("docs/reference/rules.md").matchAll(ruleItem)].map(([, id = "", text = ""]) => ({
  id,
  text: text.trim().replace(/\s+/g, " "),
  tests: [],
}));
const byId = new Map(rules.map((rule) => [rule.id, rule]));
const unknown: string[] = [];

for (const file of globSync("{src,test}/**/*.test.ts", { cwd: root }).sort()) {
  for (const [, , name = ""] of read(file).matchAll(named)) {
    const ids = /^(?:[A-Z]{3}-\d+[\s,:]+)+/.exec(name)?.[0].match(/[A-Z]{3}-\d+/g) ?? [];
    for (const id of ids) {
      const rule = byId.get(id);
      if (rule) rule.tests.push({ file, name });
      else unknown.push(`${file} names ${id}, which is no rule`);
    }
  }
}

const tested = rules.filter(({ tests }) => tests.length > 0);
const tests = new Set(tested.flatMap((rule) => rule.tests.map(({ file, name }) => `${file} ${name}`)));

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ rules, unknown }, null, 2));
} else {
  for (const { id, text, tests } of rules) {
    console.log(`\n${id}  ${text}`);
    for (const { file, name } of tests) console.log(`  ✔ ${name}  (${file})`);
    if (tests.length === 0) console.log("  – no test");
  }
  console.log(`\n${tested.length} of ${rules.length} rules are named by ${tests.size} tests.`);
  for (const sentence of unknown) console.log(sentence);
}
process.exitCode = unknown.length > 0 ? 1 : 0;
