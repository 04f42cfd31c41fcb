import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeTestCertificate } from "../../../test/doubles/certificate.ts";
import { testDatabase } from "../../../test/harness/database.ts";
import { loadConfig } from "../../config.ts";
import { Secret } from "../../kernel/secret.ts";
import { checkDatabase } from "./database.ts";
import { checkAddress, checkFolder, checkNode, checkSecrets } from "./machine.ts";
import { checkMail, checkSms } from "./senders.ts";
import { checkTls } from "./tls.ts";

const verdictOf = ({ verdict }: { verdict: string }) => verdict;
const ignore = () => {};

test("the doctor looks at Node, secrets, folder and address", async () => {
  assert.equal(verdictOf(checkNode()), "pass");
  assert.equal(verdictOf(checkSecrets(loadConfig({}))), "advice");
  assert.equal(verdictOf(checkSecrets(loadConfig({ VAHVA_SECRET: "a".repeat(40) }))), "advice");
  assert.equal(verdictOf(checkSecrets({ ...loadConfig({ VAHVA_SECRET: "a".repeat(40) }), demo: false })), "fail");
  assert.equal(
    verdictOf(checkSecrets(loadConfig({ VAHVA_SECRET: "q3VhdGVybmlvbnMgYXJlIG5vdCBzZWNyZXRzLCBidXQgdGhpcyBpcw" }))),
    "pass",
  );
  const folder = await mkdtemp(join(tmpdir(), "vahva-doctor-"));
  assert.equal(verdictOf(checkFolder(loadConfig({ VAHVA_DATA: folder }))), "pass");
  await chmod(folder, 0o777);
  assert.equal(verdictOf(checkFolder(loadConfig({ VAHVA_DATA: folder }))), "fail");
  await rm(folder, { recursive: true });
  const config = { ...loadConfig({}), demo: false };
  assert.equal(verdictOf(await checkAddress(loadConfig({}))), "pass");
  assert.equal(verdictOf(await checkAddress({ ...config, publicUrl: "http://login.invalid" })), "fail");
  assert.equal(verdictOf(await checkAddress({ ...config, publicUrl: "https://login.invalid" })), "fail");
});

test("the doctor looks at the certificate by which Vahva serves TLS itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vahva-doctor-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const made = makeTestCertificate();
  await writeFile(cert, made.certificate);
  const check = (publicUrl: string) =>
    checkTls({ ...loadConfig({ VAHVA_TLS_CERT_FILE: cert, VAHVA_TLS_KEY_FILE: key }), publicUrl }, new Date()).map(
      ({ verdict, says }) => `${verdict}: ${says}`,
    );
  assert.deepEqual(checkTls(loadConfig({}), new Date()), []);
  assert.deepEqual(check("https://localhost"), [`fail: VAHVA_TLS_KEY_FILE: the file ${key} can't be read.`]);
  await writeFile(key, made.key);
  assert.match(check("https://localhost").join(), /^pass: /);
  assert.deepEqual(check("https://login.example.fi"), ["fail: Its TLS certificate is not for login.example.fi."]);
  await writeFile(key, makeTestCertificate().key);
  assert.match(check("https://localhost").join(), /^fail: .* they can't be used together/);
  await rm(folder, { recursive: true });
});

test("the doctor looks at the database, and tells no password", async () => {
  const { url, drop } = await testDatabase();
  const checks = await checkDatabase({ ...loadConfig({}), database: { url: new Secret(url), connections: 2 } }, ignore);
  assert.deepEqual(
    checks.map(({ name, verdict }) => `${name} ${verdict}`),
    ["Database pass", "Migrations pass", "Clock pass"],
  );
  await drop();
  const [gone] = await checkDatabase(loadConfig({ DATABASE_URL: "postgres://u:sekret@127.0.0.1:1/x" }), ignore);
  assert.equal(gone?.verdict, "fail");
  assert.doesNotMatch(JSON.stringify(gone), /sekret/);
});

test("the doctor looks at mail and SMS, and tells no password", async () => {
  assert.equal(verdictOf(await checkMail(loadConfig({}))), "advice");
  const mail = await checkMail(loadConfig({ VAHVA_SMTP_URL: "smtp+plain://127.0.0.1:1" }));
  assert.equal(mail.verdict, "fail");
  const gateway = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => gateway.once("listening", resolve));
  const address = gateway.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const url = (to: number) =>
    loadConfig({ VAHVA_SMS_URL: `http://127.0.0.1:${to}/send?user=u&password=sekret&to={to}&text={text}` });
  assert.equal(verdictOf(await checkSms(url(port))), "pass");
  gateway.close();
  const silent = await checkSms(url(1));
  assert.equal(silent.verdict, "fail");
  assert.doesNotMatch(JSON.stringify(silent), /sekret/);
  assert.equal(verdictOf(await checkSms(loadConfig({ VAHVA_SMS_URL: "none" }))), "pass");
});
