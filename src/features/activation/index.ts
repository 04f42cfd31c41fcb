import type { FastifyInstance } from "fastify";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import type { Beginning } from "../journey/index.ts";
import {
  type InvitingDeps,
  makeCarryExpected,
  makeImport,
  makeInvite,
  makeRevoke,
  makeSendAgain,
} from "./inviting/index.ts";
import { makeRequestPin } from "./request-pin.ts";
import { activationRoutes } from "./routes.ts";
import { makeSubmitPin } from "./submit-pin.ts";

export * from "./inviting/index.ts";
export { activationPurpose, makeCompleteActivation } from "./purpose.ts";

/** Inviting: for the command line, the console and the API. */
export const inviting = (deps: InvitingDeps) => ({
  invite: makeInvite(deps),
  import: makeImport(deps),
  sendAgain: makeSendAgain(deps),
  revoke: makeRevoke(deps),
  carryExpected: makeCarryExpected(deps),
});

/** What the invited person does: the link, the PIN, and from there a journey. */
export function activation(
  deps: InvitingDeps & { http: Http; begin(tx: Tx | Db, beginning: Beginning): Promise<string> },
) {
  const submitPin = makeSubmitPin(deps);
  const requestPin = makeRequestPin(deps);
  const sendAgain = makeSendAgain(deps);
  return { routes: (app: FastifyInstance) => activationRoutes(app, { ...deps, submitPin, requestPin, sendAgain }) };
}
