import type { DirectoryKind } from "../../ports/directory.ts";
import { connect } from "./connect.ts";
import { parseSettings } from "./settings.ts";

/** Directories that speak SCIM 2.0. */
export const scimKind: DirectoryKind = {
  kind: "scim",
  secret: "the bearer token",
  parse: parseSettings,
  connect,
};
