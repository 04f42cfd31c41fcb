import { ldapKind } from "../../src/adapters/ldap/index.ts";
import { people, type TestSlapd, vahva } from "../doubles/slapd.ts";
import { connectTo } from "./directory-kind.ts";

export const dn = `uid=matti,${people}`;

/** What an operator would configure. */
export const settingsFor = (slapd: TestSlapd) => ({
  url: slapd.urls.tls,
  ca: slapd.ca,
  server: "openldap",
  bindDn: vahva.dn,
  baseDn: people,
  filter: "(&(objectClass=inetOrgPerson)(uid={userName}))",
});

/** A slapd with people in it, who are gone after each test. */
export function ldapGround(slapd: TestSlapd) {
  const added: string[] = [];
  return {
    add: async (attributes: Record<string, string | string[]> = {}, uid = "matti") => {
      const name = `uid=${uid},${people}`;
      const objectClass = ["inetOrgPerson", "account2"];
      await slapd.add(name, { objectClass, uid, cn: "M", sn: "M", userPassword: "old-password", ...attributes });
      added.push(name);
    },
    clear: async () => {
      for (const one of added.splice(0)) await slapd.remove(one);
    },
    directory: (settings: object = {}, secret: string | null = vahva.password) =>
      connectTo(ldapKind, { ...settingsFor(slapd), ...settings }, secret),
    valuesOf: async (attribute: string) => [(await slapd.read(dn))?.[attribute] ?? []].flat().map(String),
  };
}
