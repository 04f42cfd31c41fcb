import type { CaseDeps } from "./case-deps.ts";
import { makeConfirmAddress } from "./confirm-address.ts";
import { makeDecideCase } from "./decide-case.ts";
import { makeOpenCase } from "./open-case.ts";
import { makeFindCase, makeReadCase } from "./read-case.ts";
import { findByJourney, findByToken, findOpen, listCases, useApproval } from "./store.ts";

export type { CaseDeps } from "./case-deps.ts";
export type { DecideResult } from "./decide-case.ts";
export { type CaseState, caseStates, type Decision, decisions } from "./domain/case.ts";
export type { NewCase, Opened } from "./open-case.ts";
export type { ReadCase } from "./read-case.ts";
export { type Case, endUnconfirmed, sweepUnconfirmed } from "./store.ts";

export type Cases = ReturnType<typeof makeCases>;

/** What waits for a support agent. */
export const makeCases = (deps: CaseDeps) => ({
  openCase: makeOpenCase(deps),
  confirmAddress: makeConfirmAddress(deps),
  decide: makeDecideCase(deps),
  find: makeFindCase(deps),
  read: makeReadCase(deps),
  list: listCases,
  findOpen,
  findByToken,
  findByJourney,
  useApproval,
});
