export { makeChangeOrganisation } from "./change-organisation.ts";
export {
  makeCreateOrganisation,
  type OrganisationDeps,
  type OrganisationResult,
} from "./create-organisation.ts";
export { parseEmail } from "./domain/email.ts";
export type { Logo } from "./domain/logo.ts";
export { nameKey } from "./domain/name-key.ts";
export {
  type Account,
  type Home,
  homeOf,
  type Organisation,
  type SupportContact,
  type TroubleKind,
} from "./domain/organisation.ts";
export { parsePersonName } from "./domain/person-name.ts";
export {
  formatPhone,
  maskPhone,
  type PhoneRefusal,
  type PhoneRules,
  parseMobile,
} from "./domain/phone.ts";
export {
  type Category,
  categories,
  categoryOf,
  minimumStrengthOf,
  type Policy,
  permittedMethods,
  readPolicy,
} from "./domain/policy.ts";
export { type Problem, problem } from "./domain/problem.ts";
export {
  holdAccount,
  joinedAccount,
  joinedOrganisation,
  joinedSought,
  readJoinedAccount,
  readJoinedOrganisation,
  type Sought,
} from "./joined/store.ts";
export { letterhead } from "./letterhead.ts";
export { noticesTo } from "./notices.ts";
export { pageOrganisation } from "./page-organisation.ts";
export { type AccountChange, changeAccount } from "./people/change-account.ts";
export {
  type CreateAccountRefusal,
  makeCreateAccount,
  makeCreateAccounts,
  type NewAccount,
} from "./people/create-account.ts";
export { type FormerAddress, listFormer, sweepFormerAddresses } from "./people/former-address-store.ts";
export {
  findAccountsByName,
  findNames,
  freeNames,
  loadAccount,
  lockAccount,
  openAgain,
  pageOfKnownAccounts,
  raiseEpoch,
  setAccountState,
  wasActive,
} from "./people/store.ts";
export { organisationRoutes } from "./routes.ts";
export { findOrganisation, findOrganisationByDomain, listOrganisations, loadLogo, loadOrganisation } from "./store.ts";
