import { graphKind } from "./adapters/graph/index.ts";
import { ldapKind } from "./adapters/ldap/index.ts";
import { scimKind } from "./adapters/scim/index.ts";
import type { DirectoryKind } from "./ports/directory.ts";

/** The kinds of directories that this service speaks to. */
export const directoryKinds: readonly DirectoryKind[] = [graphKind, scimKind, ldapKind];
