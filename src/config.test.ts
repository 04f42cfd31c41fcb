import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "./config.ts";
import { PlainError } from "./kernel/plain-error.ts";

const production = {
  VAHVA_MODE: "production",
  VAHVA_PUBLIC_URL: "https://login.example.fi",
  VAHVA_SECRET: "x".repeat(40),
  VAHVA_SMTP_URL: "smtp://vahva:pw@mail.example.fi:587",
  VAHVA_MAIL_FROM: "no-reply@example.fi",
  VAHVA_SMS_URL: "none",
};
const refused = (environment: Record<string, string>): string => {
  try {
    loadConfig(environment);
  } catch (error) {
    assert.ok(error instanceof PlainError);
    return error.message;
  }
  return assert.fail("it was accepted");
};

test("OPS-1 nothing has to be configured for the demo", () => {
  const config = loadConfig({ PATH: "/bin" });
  assert.equal(config.mode, "demo");
  assert.equal(config.publicUrl, "http://localhost:4000");
});

test("OPS-2 production names everything that is missing, all at once", () => {
  const message = refused({ VAHVA_MODE: "production" });
  for (const name of ["PUBLIC_URL", "SECRET", "SMTP_URL", "MAIL_FROM", "SMS_URL"])
    assert.match(message, new RegExp(`VAHVA_${name}: production needs`));
  assert.equal(loadConfig(production).sms.none, true);
});

test("OPS-2 a wrong value is named with what is expected", () => {
  assert.match(refused({ VAHVA_PORT: "http" }), /VAHVA_PORT: expected a port number/);
  assert.match(refused({ ...production, VAHVA_SECRET: "short" }), /VAHVA_SECRET: expected at least 32 characters/);
  assert.match(refused({ VAHVA_PROT: "4000" }), /VAHVA_PROT: there is no such setting/);
  assert.match(refused({ ...production, VAHVA_PUBLIC_URL: "http://login.example.fi" }), /begins with https/);
  assert.match(refused({ ...production, VAHVA_PUBLIC_URL: "https://example.fi/login" }), /without a path/);
});

test("T47 which identifications count is the configuration's choice: in production the real ones, in the demo tests", () => {
  assert.equal(loadConfig({}).eidEnvironment, "test");
  assert.equal(loadConfig(production).eidEnvironment, "production");
  assert.equal(loadConfig({ ...production, VAHVA_EID_ENVIRONMENT: "test" }).eidEnvironment, "test");
  assert.match(refused({ VAHVA_EID_ENVIRONMENT: "prod" }), /VAHVA_EID_ENVIRONMENT: expected test or production/);
});

test("OPS-2 problems never show a secret's value", () => {
  const message = refused({ ...production, VAHVA_SMTP_URL: "imap://user:hunter2@host", VAHVA_SECRET: "hunter2" });
  assert.ok(!message.includes("hunter2"));
});

test("OPS-1 demo mode is refused with a public address that is not this machine's", () => {
  assert.match(refused({ VAHVA_PUBLIC_URL: "https://login.example.fi" }), /VAHVA_MODE=production/);
  assert.match(refused({ VAHVA_HOST: "0.0.0.0" }), /this machine only/);
});

test("OPS-2 one file, and a file for every secret; the environment wins", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "vahva config "));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "vahva.env");
  const secret = join(folder, "secret");
  writeFileSync(file, "VAHVA_PORT=4100\nVAHVA_TIME_ZONE=Europe/Stockholm\n");
  writeFileSync(secret, `${"s".repeat(48)}\n`);
  const config = loadConfig({ VAHVA_CONFIG: file, VAHVA_PORT: "4200", VAHVA_SECRET_FILE: secret });
  assert.equal(config.http.port, 4200);
  assert.equal(config.timeZone, "Europe/Stockholm");
  assert.equal(config.secrets?.[0]?.reveal(), "s".repeat(48));
  assert.match(refused({ VAHVA_SECRET_FILE: join(folder, "none") }), /can't be read/);
});
