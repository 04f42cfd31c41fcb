import { candourKind } from "./adapters/candour/index.ts";
import { ftnKind } from "./adapters/ftn/index.ts";
import { suomifiKind } from "./adapters/suomifi/index.ts";
import type { Config } from "./config.ts";
import type { Audit } from "./features/audit/index.ts";
import {
  brokerRegistry,
  makeListKeys,
  makeRelyingPartyKeys,
  makeRotateKey,
} from "./features/authenticators/eid/index.ts";
import type { Db } from "./platform/database/index.ts";
import type { Keyring } from "./platform/seal/index.ts";
import type { Clock } from "./ports/clock.ts";
import type { BrokerContext, BrokerKind } from "./ports/identity-broker.ts";
import type { Random } from "./ports/random.ts";

export { federationDocuments } from "./adapters/ftn/index.ts";

const kinds: readonly BrokerKind[] = [ftnKind, suomifiKind, candourKind];

type Deps = Readonly<{ db: Db; clock: Clock; random: Random; keyring: Keyring; audit: Audit }> &
  Required<Pick<BrokerContext, "onNotErased">>;

/** Identification brokers as operators see them: those that are configured, and our keys towards them. */
export function makeIdentityBrokers({ publicUrl, eidEnvironment: environment }: Config, shared: Deps) {
  const { onNotErased } = shared;
  const deps = { ...shared, publicUrl };
  const connecting = { kinds, context: { publicUrl, environment, onNotErased, keys: makeRelyingPartyKeys(deps) } };
  return {
    ...brokerRegistry({ ...shared, ...connecting }),
    keys: { list: makeListKeys(deps), rotate: makeRotateKey(deps) },
    /** What `makeBrokers` connects by. */
    connecting,
  };
}

export type IdentityBrokers = ReturnType<typeof makeIdentityBrokers>;
