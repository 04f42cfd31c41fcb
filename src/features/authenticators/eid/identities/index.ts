export { type BoundIdentity, type Identities, makeIdentities, type Owned } from "./identities.ts";
export type { FoundAccount } from "./store.ts";
