import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { makeRsaCertificate } from "../../../test/doubles/certificate.ts";
import { judgePermissions, readRoles } from "./permissions.ts";
import { parseSettings } from "./settings.ts";

const { certificate } = makeRsaCertificate("vahva");
const least = {
  tenantId: "7f1c0d52-0000-4000-8000-000000000001",
  clientId: "7f1c0d52-0000-4000-8000-000000000002",
  certificate,
};
const parse = (more: object = {}) => {
  const parsed = parseSettings({ ...least, ...more });
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return parsed.settings;
};

test("tenant, application and certificate are all that is needed; the rest is careful by itself", () => {
  const settings = parse();
  assert.deepEqual(settings.lookUp, { property: "userPrincipalName", from: "userName", by: "filter" });
  assert.deepEqual(settings.issuePass, { on: false, lifetimeInMinutes: 60, isUsableOnce: true });
  assert.equal(settings.privilegedRoles, "refuse");
  assert.equal(settings.manageAccountState, false);
  assert.equal(settings.graphUrl, "https://graph.microsoft.com");
  assert.deepEqual(parse(settings), settings, "what is kept is read again");
  assert.equal(parse({ graphUrl: "https://graph.microsoft.us/" }).graphUrl, "https://graph.microsoft.us");
});

const wrong: readonly (readonly [field: string, more: object])[] = [
  ["tenantId", { tenantId: "a/b" }],
  ["tenantId", { tenantId: undefined }],
  ["clientId", { clientId: "vahva" }],
  ["certificate", { certificate: "-----BEGIN" }],
  ["certificate", { certificate: generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }) }],
  ["graphUrl", { graphUrl: "http://graph.microsoft.com" }],
  ["graphUrl", { graphUrl: "https://user@graph.microsoft.com" }],
  ["graphUrl", { graphUrl: "https://graph.microsoft.com/v1.0" }],
  ["loginUrl", { loginUrl: "file:///etc/passwd" }],
  ["lookUp.property", { lookUp: { property: "mail eq 'x' or mail" } }],
  ["lookUp.from", { lookUp: { from: "phone" } }],
  ["lookUp.suffix", { lookUp: { suffix: "@x" } }],
  ["issuePass.lifetimeInMinutes", { issuePass: { on: true, lifetimeInMinutes: 5 } }],
  ["leave.0", { leave: ["password"] }],
  ["harmlessRoles.0", { harmlessRoles: ["Directory Readers"] }],
  ["roleSources", { roleSources: [] }],
  ["privateKey", { privateKey: "s3cret" }],
];
for (const [field, more] of wrong)
  test(`T83 ${field} can't be ${JSON.stringify(more).slice(0, 70)}`, () => {
    const parsed = parseSettings({ ...least, ...more });
    assert.ok("problems" in parsed);
    assert.deepEqual([...new Set(parsed.problems.map((problem) => problem.field))], [field]);
    for (const { says } of parsed.problems) assert.match(says, /^(must|is)\b/u);
    assert.ok(!JSON.stringify(parsed).includes("s3cret"));
  });

test("T81 the permissions that are missing and those that nothing needs are told apart", () => {
  const usual = ["UserAuthenticationMethod.ReadWrite.All", "User.Read.All", "User.RevokeSessions.All"];
  assert.deepEqual(judgePermissions(usual, parse()), { missing: [], spare: [] });
  assert.deepEqual(judgePermissions([], parse()), { missing: [usual[0], usual[1], usual[2]], spare: [] });
  const broad = ["UserAuthenticationMethod.ReadWrite.All", "User.ReadWrite.All", "RoleManagement.ReadWrite.Directory"];
  assert.deepEqual(judgePermissions(broad, parse()), { missing: [], spare: ["RoleManagement.ReadWrite.Directory"] });
  const more = parse({ manageAccountState: true, roleSources: ["memberships", "eligibilities"] });
  assert.deepEqual(judgePermissions(usual, more).missing, [
    "RoleManagement.Read.Directory",
    "User.EnableDisableAccount.All",
  ]);
  assert.equal(readRoles("not a token"), null);
});
