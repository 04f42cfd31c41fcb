import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ldapKind } from "../../src/adapters/ldap/index.ts";
import { scimKind } from "../../src/adapters/scim/index.ts";

const page = readFileSync(new URL("../../docs/operate/directories.md", import.meta.url), "utf8");
const examplesUnder = (heading: string): unknown[] => {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return Array.from(own.matchAll(/```json\n(.*?)```/gsu), ([, text = ""]) => JSON.parse(text));
};

test("DIR-2 the settings that operators are shown are settings", () => {
  const [scim, ldap] = [examplesUnder("SCIM 2.0"), examplesUnder("LDAP and Active Directory")];
  assert.deepEqual([scim.length, ldap.length], [1, 2]);
  for (const example of scim) assert.ok("settings" in scimKind.parse(example), JSON.stringify(scimKind.parse(example)));
  for (const example of ldap) assert.ok("settings" in ldapKind.parse(example), JSON.stringify(ldapKind.parse(example)));
});
