import type { DirectoryKind } from "../../ports/directory.ts";
import { connect } from "./connect.ts";
import { parseSettings } from "./settings.ts";

/** Directories that speak LDAP: OpenLDAP and its like, and Active Directory. */
export const ldapKind: DirectoryKind = {
  kind: "ldap",
  secret: "the password of bindDn",
  parse: parseSettings,
  connect,
};
