import type { FastifyInstance } from "fastify";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import type { Prover } from "../authenticators/eid/index.ts";
import { makeOrderPassword } from "../authenticators/password/index.ts";
import type { Directories } from "../directories/index.ts";
import { type Beginning, makeBegin, type Purpose, type StepHandler } from "../journey/index.ts";
import { makeChooseWay } from "./choose-way.ts";
import { guestRoutes } from "./guest/guest-routes.ts";
import { makeGuestPart } from "./guest/index.ts";
import { linkAnewPurpose, makeBeginLinkAnew } from "./link-anew.ts";
import { makeSendPasswordLink, newPasswordByLinkPurpose, passwordLinks } from "./password-link/index.ts";
import { makeRecoveryProver } from "./prove.ts";
import type { RecoveryDeps } from "./recovery-deps.ts";
import { recoveryPurpose } from "./recovery-purpose.ts";
import { makeReset } from "./reset.ts";
import { recoveryRoutes } from "./routes.ts";
import { statusRoutes } from "./status/status-routes.ts";

export { endPasswordLinks, sweepPasswordLinks } from "./password-link/index.ts";
export { endResets, sweepRecoveries } from "./store.ts";

export type Recovery = Readonly<{
  purposes: readonly Purpose[];
  /** For the eID room's routes: what its brokers' answers are judged by here. */
  prover: Prover;
  routes(app: FastifyInstance, more: RecoveryRoutesDeps): void;
}>;

type RecoveryRoutesDeps = Readonly<{
  http: Http;
  directories: Pick<Directories, "follow" | "takePass">;
  begin(tx: Tx | Db, beginning: Beginning): Promise<string>;
}>;

/**
 * Getting back in (REC): forgot password, MFA reset by proving who one is, and where support has to help. `prove` makes the
 * step by which somebody proves it.
 */
export function recovery(deps: RecoveryDeps & Readonly<{ prove(prover: Prover): StepHandler }>): Recovery {
  const { keyring, brokers } = deps;
  const prover = makeRecoveryProver(deps);
  const begin = makeBegin(deps);
  const chooseWay = makeChooseWay({
    ...deps,
    begin: (beginning) => begin(deps.db, beginning),
    sendPasswordLink: makeSendPasswordLink(deps),
    orderPassword: makeOrderPassword(deps),
    guest: makeGuestPart(deps),
  });
  const steps = [chooseWay, deps.prove(prover)];
  return {
    purposes: [recoveryPurpose({ keyring, steps, reset: makeReset(deps) }), newPasswordByLinkPurpose, linkAnewPurpose],
    prover,
    routes(app, more) {
      const all = { ...deps, ...more };
      recoveryRoutes(app, all);
      passwordLinks(all).routes(app);
      guestRoutes(app, all);
      statusRoutes(app, {
        ...all,
        serviceTitle: (name) => brokers.find(name)?.title ?? null,
        beginLinkAnew: makeBeginLinkAnew(all),
      });
    },
  };
}
