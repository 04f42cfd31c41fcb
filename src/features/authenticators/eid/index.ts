export { type Identities, makeIdentities } from "./identities/index.ts";
