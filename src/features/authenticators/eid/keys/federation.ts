import type { Instant } from "../../../../kernel/time.ts";
import type { RelyingPartyKeys } from "../../../../ports/identity-broker.ts";

/** Where the documents about us lie. */
export const federationPaths = {
  entityStatement: "/.well-known/openid-federation",
  signedJwks: "/eid/jwks.jwt",
  plainJwks: "/eid/jwks.json",
} as const;

/** The documents that brokers of the Finnish Trust Network read of us; an adapter knows their form. */
export type FederationDocuments = Readonly<{
  /** Who we are, signed by the entity key (OpenID Federation, the file format only). */
  entityStatement(
    about: Readonly<{
      publicUrl: string;
      keys: RelyingPartyKeys;
      redirectUris: readonly string[];
      organisationName: string;
      now: Instant;
    }>,
  ): Promise<string>;
  /** Our published keys, signed by the entity key. */
  signedJwks(about: Readonly<{ publicUrl: string; keys: RelyingPartyKeys; now: Instant }>): Promise<string>;
  /** The same keys, plain (RFC 7517), as JSON text. */
  plainJwks(about: Readonly<{ keys: RelyingPartyKeys }>): Promise<string>;
}>;
