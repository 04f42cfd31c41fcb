import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { makeProgram, pathOf } from "../src/cli/main.ts";
import { settingList } from "../src/config.ts";

const root = join(import.meta.dirname, "..");
const pages = globSync(["*.md", "docs/**/*.md", "src/**/*.md", "test/**/*.md", "bench/**/*.md"], { cwd: root });
const read = (path: string) => readFileSync(join(root, path), "utf8");
const withoutCode = (text: string) => text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .replace(/[`*]/g, "")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (path: string) =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

test("every link between the documents leads somewhere", () => {
  const broken = pages.flatMap((page) =>
    [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = "", anchor] = link.split("#");
        const path = file === "" ? page : relative(root, join(root, dirname(page), decodeURIComponent(file)));
        if (!existsSync(join(root, path))) return true;
        return anchor !== undefined && path.endsWith(".md") && !anchorsOf(path).includes(anchor);
      })
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test("every setting that the documents name exists", () => {
  const known = new Set(["VAHVA_CONFIG", ...settingList.flatMap(({ name }) => [name, `${name}_FILE`])]);
  // Those of the tests are no settings of the service.
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/\bVAHVA_[A-Z_]+\b/g)]
      .map(([name]) => name)
      .filter((name) => !known.has(name) && !name.startsWith("VAHVA_TEST_"))
      .map((name) => `${page}: ${name}`),
  );
  assert.deepEqual(unknown, []);
});

const silent = { env: {}, print() {}, say() {}, progress() {}, stdin: (async function* () {})() };
const composition = () => Promise.reject(new Error("the documents run no command"));
const program = makeProgram({ ...silent, composition }, { code: 0 });

/** Every command's path, with what it takes. */
const commands = new Map<string, { options: readonly string[]; takesWords: boolean }>();
const walk = (command: Command): void => {
  const options = command.options.flatMap(({ long }) => long ?? []);
  commands.set(pathOf(command), { options, takesWords: command.registeredArguments.length > 0 });
  command.commands.forEach(walk);
};
walk(program);

/** What stands after `vahva` in blocks of shell and between backticks, continued lines joined. */
const commandLines = (text: string): string[] => {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block.replace(/\\\n\s*/g, " ").split("\n"),
  );
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...blocks, ...inline].flatMap((line) => /^(?:[A-Z_]+=\S+ )*(?:bin\/)?vahva ([^#|…]+)/.exec(line)?.[1] ?? []);
};

/** The rules promise more than there is. */
const promises = join("docs", "reference", "rules.md");

test("every command that the documents name exists, with its options", () => {
  const wrong = pages
    .filter((page) => page !== promises)
    .flatMap((page) =>
      commandLines(read(page))
        .filter((line) => !isCommand(line.trim().split(/\s+/)))
        .map((line) => `${page}: vahva ${line}`),
    );
  assert.deepEqual(wrong, []);
  assert.ok(isCommand(["organisation", "set", "koivula", "--logo", "x.svg"]));
  for (const line of ["key", "organisation sing", "audit verify --yaml"]) assert.ok(!isCommand(line.split(" ")), line);
});

function isCommand(words: readonly string[]): boolean {
  let path = "vahva";
  for (const word of words) if (commands.has(`${path} ${word}`)) path += ` ${word}`;
  const { options, takesWords } = commands.get(path) ?? { options: [], takesWords: false };
  const rest = words.slice(path.split(" ").length - 1);
  const unknown = rest.filter((word) => /^--[a-z]/.test(word) && word !== "--help" && !options.includes(word));
  return unknown.length === 0 && (takesWords || !/^[a-z]/.test(rest[0] ?? ""));
}

test("every runtime dependency has its reason in the list of dependencies, and nothing else has", () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(read("package.json"));
  const listed = [...read("docs/reference/dependencies.md").matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(listed.toSorted(), Object.keys(dependencies).toSorted());
});

test("every decision is in the list of decisions, and the pictures of the README are small", () => {
  const decisions = globSync("docs/decisions/[0-9]*.md", { cwd: root }).map((path) => path.split("/").at(-1));
  const list = read("docs/decisions/README.md");
  assert.deepEqual(
    decisions.filter((file) => !list.includes(`(${file})`)),
    [],
  );
  for (const picture of globSync("docs/pictures/*", { cwd: root }))
    assert.ok(readFileSync(join(root, picture)).length <= 200 * 1024, picture);
});
