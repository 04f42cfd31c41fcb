import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { makeProgram, pathOf } from "../src/cli/main.ts";
import { settingList } from "../src/config.ts";
import { makeTestCertificate } from "./doubles/certificate.ts";
import { freePort } from "./harness/free-port.ts";
import { part } from "./harness/parts.ts";

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

test("OPS-3 monitoring.md names every metric of the service, and no other", () => {
  const code = ["src/platform/metrics/index.ts", "src/serve.ts"].map(read).join("\n");
  const there = [...code.matchAll(/"(vahva_[a-z_]+)"/g)].map(([, name = ""]) => name);
  const page = read("docs/operate/monitoring.md");
  const told = [...page.matchAll(/^\| `(vahva_[a-z_]+)`/gm)].map(([, name = ""]) => name);
  assert.deepEqual(told.toSorted(), there.toSorted());
  const used = [...page.matchAll(/\b(vahva_[a-z_]+?)(?:_count|_sum|_bucket)?\b/g)].map(([, name = ""]) => name);
  assert.deepEqual(
    used.filter((name) => !there.includes(name)),
    [],
  );
});

const nginx = part("nginx");

test("nginx takes what install.md configures it by", { skip: "missing" in nginx && nginx.missing }, async () => {
  assert.ok("path" in nginx);
  const folder = mkdtempSync(join(tmpdir(), "vahva-nginx-"));
  const { certificate, key } = makeTestCertificate();
  writeFileSync(join(folder, "login.example.fi.pem"), certificate);
  writeFileSync(join(folder, "login.example.fi.key"), key);
  const [, given = ""] = /```nginx\n([\s\S]*?)```/.exec(read("docs/operate/install.md")) ?? [];
  const port = await freePort();
  const server = given.replaceAll("/etc/ssl", folder).replace("listen 443", `listen 127.0.0.1:${port}`);
  const logs = `pid ${folder}/pid;\nerror_log ${folder}/error;\nevents {}\n`;
  writeFileSync(join(folder, "nginx.conf"), `${logs}http { access_log off;\n${server}\n}\n`);
  const { status, stderr } = spawnSync(nginx.path, ["-t", "-c", join(folder, "nginx.conf")], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  assert.equal(status, 0, stderr);
});
