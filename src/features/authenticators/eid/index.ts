import type { FastifyInstance } from "fastify";
import type { Tx } from "../../../platform/database/index.ts";
import type { Method, MethodRule, StepHandler } from "../../journey/index.ts";
import type { Farewell } from "../../sessions/index.ts";
import { makeAskEid } from "./ask-eid.ts";
import { isOpen } from "./brokers/broker-store.ts";
import type { EidDeps } from "./eid-deps.ts";
import { type EidRouteDeps, eidRoutes } from "./eid-routes.ts";
import { makeKeepSession } from "./keep-session.ts";
import { makeLinkEid } from "./link-eid.ts";
import { makeFarewell } from "./logout.ts";
import { type LogoutRouteDeps, logoutRoutes } from "./logout-routes.ts";
import { makeProve } from "./prove.ts";
import type { Prover } from "./prover.ts";

export type { Broker, Brokers } from "./brokers/broker.ts";
export type { StoredBroker } from "./brokers/broker-store.ts";
export { makeBrokers } from "./brokers/brokers.ts";
export type { Connecting } from "./brokers/connect-broker.ts";
export { type BrokerRegistry, brokerRegistry } from "./brokers/registry.ts";
export { type BoundIdentity, type FoundAccount, type Identities, makeIdentities } from "./identities/index.ts";
export { federationRoutes } from "./keys/federation-routes.ts";
export { type KeyUse, keyUses } from "./keys/key.ts";
export { makeRelyingPartyKeys } from "./keys/relying-party-keys.ts";
export { type KeyListing, makeListKeys, makeRotateKey } from "./keys/rotate-key.ts";
export { sweepLogouts } from "./logout-store.ts";
export type { Asked, Prover } from "./prover.ts";
export type { Found } from "./seals.ts";

/** What the pure decisions know of the method. */
export const eidRule = {
  name: "eid",
  strength: 2,
  signIn: ["eid"],
  link: [{ kind: "eid-link" }],
} as const satisfies MethodRule;

export type Eid = Readonly<{
  method: Method;
  /** Leads a browser that signs out by the single logout of the broker that its session began with. */
  farewell: Farewell;
  /** The step by which people prove who they are for something else; `routes` are given the same prover. */
  prove(prover: Prover): StepHandler;
  /** Whether the broker of that name may be used, at the moment that decides. */
  isOpen(tx: Tx, broker: string): Promise<boolean>;
  routes(app: FastifyInstance, deps: Omit<EidRouteDeps & LogoutRouteDeps, keyof EidDeps>): void;
}>;

/** The method "eID": who somebody is, told by an identification broker or Suomi.fi. */
export function eid(deps: EidDeps): Eid {
  return {
    method: {
      ...eidRule,
      steps: [makeAskEid(deps), makeLinkEid(deps)],
      isOffered: (organisation) => deps.brokers.offeredTo(organisation).length > 0,
      onSession: makeKeepSession(deps),
      icon: "bank",
      words: {
        name: "eid:name",
        signIn: "eid:continue",
        signInNote: "eid:continue-note",
        link: "eid:name",
        linkNote: "eid:link-note",
      },
    },
    farewell: makeFarewell(deps),
    prove: (prover) => makeProve(deps, prover),
    isOpen,
    routes(app, more) {
      eidRoutes(app, { ...deps, ...more });
      logoutRoutes(app, { ...deps, ...more });
    },
  };
}
