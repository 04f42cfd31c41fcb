import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, test } from "node:test";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "vahva-arch-"));
after(() => rmSync(folder, { recursive: true }));

/** Each rule of `.dependency-cruiser.mjs`, and an import that it must catch: a rule that matches nothing is silent. */
const planted: [rule: string, from: string, to: string][] = [
  ["found", "src/cli/lost.ts", "./nowhere.ts"],
  ["pure-domain", "src/features/account/domain/a.ts", "src/ports/clock.ts"],
  ["pure-domain", "src/features/account/domain/b.ts", "node:crypto"],
  ["pure-domain", "src/features/authenticators/totp/domain/c.ts", "kysely"],
  ["pure-domain", "src/features/account/domain/d.ts", "src/features/account/store.ts"],
  ["front-door", "src/features/account/a.ts", "src/features/organisations/store.ts"],
  ["front-door", "src/features/account/b.ts", "src/features/authenticators/totp/store.ts"],
  ["front-door", "src/features/account/c.ts", "src/features/authenticators/totp/inner/index.ts"],
  ["front-door-from-above", "src/cli/a.ts", "src/features/account/store.ts"],
  ["known-room", "src/features/attic/a.ts", "src/kernel/time.ts"],
  ["floor-0", "src/features/audit/a.ts", "src/features/messages/index.ts"],
  ["floor-1", "src/features/sessions/a.ts", "src/features/organisations/index.ts"],
  ["floor-2", "src/features/journey/a.ts", "src/features/authenticators/totp/index.ts"],
  ["floor-3", "src/features/authenticators/totp/a.ts", "src/features/authenticators/password/index.ts"],
  ["floor-4", "src/features/activation/a.ts", "src/features/sign-in/index.ts"],
  ["floor-5", "src/features/support/a.ts", "src/features/console/index.ts"],
  ["floor-6", "src/features/console/a.ts", "src/features/api/index.ts"],
  ["composed-above", "src/features/account/d.ts", "src/config.ts"],
  ["composed-above", "src/platform/a.ts", "src/adapters/smtp/index.ts"],
  ["no-feature-below", "src/adapters/smtp/a.ts", "src/features/messages/index.ts"],
  ["sql-in-stores", "src/features/account/e.ts", "kysely"],
  ["sql-in-stores", "src/features/account/f.ts", "pg"],
  ["http-in-routes", "src/features/account/g.ts", "fastify"],
  ["http-in-routes", "src/features/account/h.ts", "node:http"],
  ["http-in-routes", "src/features/account/i.ts", "src/platform/http/index.ts"],
  ["kernel-alone", "src/kernel/a.ts", "src/ports/clock.ts"],
  ["kernel-alone", "src/kernel/b.ts", "zod"],
  ["ports-below", "src/ports/a.ts", "src/platform/http/index.ts"],
  ["platform-below", "src/platform/b.ts", "src/main.ts"],
  ["nothing-of-tests", "src/platform/c.ts", "test/harness/parts.ts"],
  ["no-dev-dependency", "src/platform/d.ts", "playwright-core"],
];

const allowed: [from: string, to: string][] = [
  ["src/features/account/domain/ok.ts", "src/kernel/time.ts"],
  ["src/features/account/domain/ok2.ts", "zod"],
  ["src/features/account/ok-store.ts", "kysely"],
  ["src/features/account/routes.ts", "fastify"],
  ["src/features/applications/provider.ts", "fastify"],
  ["src/features/account/ok.ts", "src/features/authenticators/totp/index.ts"],
  ["src/features/account/ok.test.ts", "src/features/organisations/store.ts"],
  ["src/main.ts", "src/features/account/index.ts"],
];

function plant(from: string, to: string) {
  write(from, `import type * as planted from "${to.includes("/") && !to.startsWith(".") ? pathTo(from, to) : to}";\n`);
  if (/^(src|test)\//.test(to)) write(to, "");
}

const pathTo = (from: string, to: string) => relative(dirname(from), to).replace(/^(?!\.)/, "./");

function write(path: string, content: string) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { flag: content ? "w" : "a" });
}

test("the direction rules catch what they are for, types too, and nothing else", () => {
  for (const [, from, to] of planted) plant(from, to);
  for (const [from, to] of allowed) plant(from, to);
  write("src/platform/round.ts", 'import "./trip.ts";\n');
  write("src/platform/trip.ts", 'import "./round.ts";\n');
  for (const file of ["package.json", ".dependency-cruiser.mjs"]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

  const tool = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [tool, "src", "--config", ".dependency-cruiser.mjs", "--output-type", "json"];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  const { summary }: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(stdout);
  const caught = new Set(summary.violations.map(({ from, rule }) => `${rule.name} ${from}`));

  const wanted = [...planted.map(([rule, from]) => `${rule} ${from}`), "no-cycles src/platform/round.ts"];
  assert.deepEqual(
    wanted.filter((each) => !caught.has(each)),
    [],
  );
  const innocent = new Set(allowed.map(([from]) => from));
  assert.deepEqual(
    summary.violations.filter(({ from }) => innocent.has(from)),
    [],
  );
});
