import type { Instant } from "../../kernel/time.ts";
import type { BrokerContext } from "../../ports/identity-broker.ts";
import { type Idp, isCurrent, trustedNow } from "./idp-metadata.ts";
import type { Settings } from "./settings.ts";
import { type Method, methodsIn, testEntityId } from "./vocabulary.ts";

/** Suomi.fi as it is configured, with what follows from that. */
export type Connection = Readonly<{
  settings: Settings;
  idp: Idp;
  context: BrokerContext;
  entityId: string;
  metadataUrl: string;
  acsUrl: string;
  logoutUrl: string;
  methods: readonly Method[];
}>;

/** Puts together what the adapter's parts need to know. */
export function makeConnection(name: string, settings: Settings, idp: Idp, context: BrokerContext): Connection {
  const base = `${context.publicUrl}/eid/${name}`;
  return {
    settings,
    idp,
    context,
    entityId: settings.entityId ?? `${base}/metadata`,
    metadataUrl: `${base}/metadata`,
    acsUrl: `${base}/acs`,
    logoutUrl: `${base}/logout`,
    methods: methodsIn(context.environment, settings.methods),
  };
}

/** Why nothing can be asked of the identity provider now, nor believed. */
export type Obstacle = "metadata-outdated" | "certificates-outdated" | "test-environment";

/** What of the configuration keeps Suomi.fi from being used now; null where nothing does. */
export function obstacleTo({ idp, context }: Connection, now: Instant): Obstacle | null {
  if (context.environment === "production" && idp.entityId === testEntityId) return "test-environment";
  if (!isCurrent(idp, now)) return "metadata-outdated";
  return trustedNow(idp, now).length === 0 ? "certificates-outdated" : null;
}
