import type { BrokerKind } from "../../ports/identity-broker.ts";
import { connect } from "./connect.ts";
import { entityStatement, plainJwks, signedJwks } from "./federation.ts";
import { profiles } from "./profiles.ts";
import { parseSettings } from "./settings.ts";

/** Identification brokers that speak OpenID Connect: of the Finnish Trust Network, and plain ones. */
export const ftnKind: BrokerKind = {
  profiles: Object.keys(profiles),
  parse: parseSettings,
  connect: (broker, context) => connect(broker, context),
  onlyWhereNamed: false,
};

/** What brokers read of us. */
export const federationDocuments = { entityStatement, signedJwks, plainJwks };
