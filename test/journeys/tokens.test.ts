import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CodeParameters, usualParameters } from "../../src/features/authenticators/totp/domain/code.ts";
import { keyToBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { days, minutes } from "../../src/kernel/time.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  activatedAccount,
  invitedWithPin,
  keyOn,
  makeOrganisation,
  makePhone,
  messagesTo,
  rightPassword,
  signInHere,
} from "../harness/people.ts";
import { runCommand, type Service, startService } from "../harness/service.ts";

let service: Service;
let organisation: Organisation;
let folder: string;
/** It stands still but for what a test moves it: a code is the next one exactly when half a minute was added. */
const clock = fakeClock();
before(async () => {
  service = await startService({ clock });
  const only = { permitted: ["totp"] };
  const methods = { staff: only, student: only, external: only, guest: only };
  organisation = await makeOrganisation(service, "koivula", { policy: { methods } });
  folder = await mkdtemp(join(tmpdir(), "vahva-tokens-"));
});
after(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

let count = 0;
type Made = Readonly<{ serial: string; key: string; parameters: CodeParameters }>;
const makeToken = (parameters = usualParameters): Made => {
  count += 1;
  return { serial: `00${8659632000 + count}`, key: keyToBase32(randomBytes(20)), parameters };
};

/** PSKC, which says of each token what its codes are. */
const pskcOf = (tokens: readonly Made[]) => `<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
${tokens
  .map(
    ({ serial, key, parameters: { algorithm, digits, period } }) => `<KeyPackage>
  <DeviceInfo><Manufacturer>Token2</Manufacturer><SerialNo>${serial}</SerialNo></DeviceInfo>
  <Key Id="${serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
    <AlgorithmParameters><Suite>HMAC-${algorithm}</Suite><ResponseFormat Length="${digits}" Encoding="DECIMAL"/></AlgorithmParameters>
    <Data><Secret><PlainValue>${base64Of(key)}</PlainValue></Secret><TimeInterval><PlainValue>${period}</PlainValue></TimeInterval></Data>
  </Key></KeyPackage>`,
  )
  .join("\n")}
</KeyContainer>`;
const base64Of = (key: string) =>
  Buffer.from(
    (key.match(/.{8}/g) ?? []).flatMap((group) => {
      const bits = [...group].map((sign) =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0"),
      );
      return (bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
    }),
  ).toString("base64");

/** Imports them as an operator does: a file and a command. */
async function importTokens(content: string, ...flags: string[]): Promise<string> {
  const path = join(folder, "tokens");
  await writeFile(path, content);
  return runCommand(service, "import", "tokens", path, "--organisation", organisation.slug, ...flags);
}

/** At the page that links an app or token, half-way through activation. */
async function atLinking(): Promise<{ visitor: Visitor; email: string }> {
  const { email, link, pin } = await invitedWithPin(service, organisation);
  const visitor = makeVisitor(service.url);
  await visitor.get(link);
  await visitor.submit({ pin });
  await visitor.submit({ new_password: rightPassword });
  return { visitor, email };
}
const isSignedIn = (visitor: Visitor) => visitor.cookies().some(({ name }) => name.endsWith("vahva_session"));

test("USR-2 SIN-6 tokens are imported, linked by serial number while activating, and sign in: every hash, length and period", async () => {
  const kinds = [
    usualParameters,
    { algorithm: "SHA1", digits: 6, period: 60 },
    { algorithm: "SHA256", digits: 8, period: 30 },
    { algorithm: "SHA512", digits: 8, period: 60 },
  ] as const;
  const tokens = kinds.map(makeToken);
  await importTokens(pskcOf(tokens));
  for (const { serial, key, parameters } of tokens) {
    const device = makePhone(key, clock, { parameters });
    const { visitor, email } = await atLinking();
    assert.match(visitor.page().text, /there is nothing to scan/);
    const done = await visitor.submit({ serial, code: await device.code() });
    assert.ok(isSignedIn(visitor), describe(done));
    await messagesTo(service, email, 1, /hardware token/);
    const there = makeVisitor(service.url);
    await there.get("/sign-in?organisation=koivula&to=account");
    await there.submit({ username: email, password: rightPassword });
    assert.match(there.page().heading, /Enter the code from your hardware token/);
    const page = await there.submit({ code: await device.code() });
    assert.equal(page.path, "/account", describe(page));
    assert.match(page.text, new RegExp(`Hardware token ${serial}`));
    await there.get("/account/events");
    assert.match(there.page().text, /A hardware token was linked/);
  }
});

test("USR-2 a token is linked on /account from a list of Entra's, imported in the terminal without a secret in sight", async () => {
  const { serial, key } = makeToken({ ...usualParameters, period: 60 });
  const header = "upn,serial number,secret key,time interval,manufacturer,model";
  const said = await importTokens(`${header}\r\n,${serial},${key.toLowerCase()},60,Contoso,HardwareKey\r\n`, "--json");
  assert.deepEqual(JSON.parse(said), {
    problems: [],
    rows: [{ line: 2, verdict: "imported", serial }],
    imported: 1,
    rejected: 0,
  });
  const device = makePhone(key, clock, { parameters: { ...usualParameters, period: 60 } });
  const aino = await activatedAccount(service, organisation);
  await aino.visitor.get("/account");
  const { form_token = "" } = aino.visitor.hidden();
  const page = await aino.visitor.post("/account/link", { form_token, method: "totp" });
  assert.match(page.heading, /Link your authenticator app/);
  const done = await aino.visitor.submit({ serial, code: await device.code() });
  assert.match(done.text, new RegExp(`Hardware token ${serial}`), describe(done));

  const there = makeVisitor(service.url);
  await there.get("/sign-in?organisation=koivula&to=account");
  await there.submit({ username: aino.email, password: rightPassword });
  assert.equal((await there.submit({ code: await device.code() })).path, "/account");
});

test("USR-2 T31 two people with one serial number at once: one of them has it, the other is told nothing of it", async () => {
  const { serial, key } = makeToken();
  await importTokens(`${serial};${key}\n`);
  const people = await Promise.all([atLinking(), atLinking()]);
  const code = makePhone(key, clock).shown();
  const pages = await Promise.all(people.map(({ visitor }) => visitor.submit({ serial, code })));
  assert.equal(people.filter(({ visitor }) => isSignedIn(visitor)).length, 1, pages.map(describe).join("\n"));
  const loser = people.find(({ visitor }) => !isSignedIn(visitor));
  assert.match(loser?.visitor.page().alerts.join() ?? "", /serial number and the code do not match/);
  await loser?.visitor.submit({ serial: "0000", code });
  assert.match(loser?.visitor.page().alerts.join() ?? "", /serial number and the code do not match/);
});

test("SIN-6 USR-5 T23 a token whose clock drifts is followed; once it is lost, two codes on the test page find it again", async () => {
  const { serial, key } = makeToken();
  await importTokens(`${serial};${key}\n`);
  const { visitor, email } = await atLinking();
  await visitor.submit({ serial, code: makePhone(key, clock, { off: 6 }).shown() });
  assert.ok(isSignedIn(visitor));
  const signIn = async (off: number) => {
    const device = makePhone(key, clock, { off });
    const there = makeVisitor(service.url);
    await there.get("/sign-in?organisation=koivula&to=account");
    await signInHere(there, { email, phone: device });
    return there;
  };
  clock.advance(days(30));
  assert.equal((await signIn(8)).page().path, "/account", "two steps in a month");
  clock.advance(days(90));
  assert.equal((await signIn(13)).page().path, "/account", "five in three");
  clock.advance(minutes(5));
  const lost = await signIn(17);
  const [said] = lost.page().alerts;
  assert.match(said ?? "", /the hardware token’s clock is about \d+ minutes ahead/);
  assert.match(lost.page().text, /enter two codes there, the second right after the first/);
  const journey = lost.page().path;

  await lost.get("/test/code");
  const device = makePhone(key, clock, { off: 17 });
  await lost.submit({ code: device.shown() });
  assert.match(lost.page().alerts.join(), /already been used/, "being told spends a code");
  clock.advance(minutes(1));
  assert.match((await lost.submit({ code: device.shown() })).text, /Wait until the token shows its next code/);
  clock.advance(minutes(0.5));
  assert.match((await lost.submit({ code: device.shown() })).text, /we know the token’s clock now/);
  await lost.get(journey);
  assert.match((await lost.submit({ code: device.shown() })).alerts.join(), /already been used/);
  clock.advance(minutes(0.5));
  assert.equal((await lost.submit({ code: device.shown() })).path, "/account");
});

test("USR-2 a programmable token takes the key that the page shows, and is named by its serial number", async () => {
  const { visitor, email } = await atLinking();
  const device = makePhone(keyOn(visitor.page().html), clock, { off: -2 });
  await visitor.submit({ serial: "86596-32001", code: await device.code() });
  assert.ok(isSignedIn(visitor), describe(visitor.page()));
  const there = makeVisitor(service.url);
  await there.get("/sign-in?organisation=koivula&to=account");
  await signInHere(there, { email, phone: device });
  assert.match(there.page().text, /Hardware token 8659632001/);
});

test("USR-2 T31 the command ends with 1 when a line was refused, and says nothing of what stands there", async () => {
  const path = join(folder, "bad.csv");
  const { serial, key } = makeToken();
  await writeFile(path, `${serial};${key}\n${serial};${key}\n=cmd;${key}\n`);
  const { PATH = "", HOME = "" } = process.env;
  const command = ["bin/vahva", "import", "tokens", path, "--organisation", organisation.slug];
  const cwd = join(import.meta.dirname, "../..");
  const run = (...flags: string[]) => {
    const env = { PATH, HOME, ...service.env };
    const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...flags], {
      env,
      cwd,
      encoding: "utf8",
    });
    assert.ok(!`${stdout}${stderr}`.includes(key));
    return { status, stdout, stderr };
  };
  const none = run("--all-or-none");
  assert.deepEqual([none.status, none.stderr.trim()], [1, "Tokens rejected: 2. None was imported."]);
  const { status, stdout, stderr } = run();
  assert.deepEqual([status, stderr.trim()], [1, "Tokens imported: 1. Rejected: 2."]);
  assert.match(stdout, /^line 2 {2}serial: Line 1 has the same serial number\.\nline 3 {2}serial: A serial number has/);
  assert.match(run().stdout, /^line 1 {2}serial: The organisation has this token already/);
  const wrongUse = spawnSync(process.execPath, [...command.slice(0, 4)], {
    env: { PATH, HOME },
    cwd,
    encoding: "utf8",
  });
  assert.equal(wrongUse.status, 2);
});
