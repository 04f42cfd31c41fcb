export { makeCarryExpected } from "./carry-expected.ts";
export { type ImportOptions, type ImportReport, makeImport, type Verdict } from "./import/import.ts";
export { columns } from "./import/read-csv.ts";
export { type Invited, type InviteResult, type InvitingDeps, makeInvite } from "./invite.ts";
export { type Given, type GivenChange, parseChange } from "./person.ts";
export { makeRevoke, type RevokeRefusal } from "./revoke.ts";
export { makeSendAgain, type SendAgainRefusal } from "./send-again.ts";
export { endHalves } from "./store.ts";
