import { createHash } from "node:crypto";
import type { AllClientMetadata } from "oidc-provider";
import { localised } from "../../kernel/language.ts";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OpenApplication } from "./application-store.ts";
import type { Application } from "./domain/application.ts";

/** What the engine knows of an application, and what we know besides. */
export type Client = Readonly<{ application: Application; metadata: AllClientMetadata; until: Instant }>;

export type Clients = {
  /** An open application, and what the engine knows of it. */
  find(clientId: string): Promise<Client | null>;
  /** Forgets all: something changed. */
  forget(): void;
};

/** Notices of changes arrive at once; should they ever be lost on their way, nothing is believed for longer than this. */
const longest = minutes(1);

/**
 * Applications in memory, for the notices of the database to drop. Only those that exist are kept: unknown client ids
 * come from strangers, who could name any number of them.
 */
export function makeClients(load: (clientId: string) => Promise<OpenApplication | null>, clock: Clock): Clients {
  const kept = new Map<string, Client>();
  /** Counts the notices, so that what was read before one is not kept after it. */
  let notices = 0;

  const read = async (clientId: string): Promise<Client | null> => {
    const known = kept.get(clientId);
    if (known && known.until > clock.now()) return known;
    const before = notices;
    const found = await load(clientId);
    if (!found || before !== notices) kept.delete(clientId);
    if (!found) return null;
    const until = plus(clock.now(), longest);
    const client = { application: found.application, metadata: metadataOf(found), until };
    if (before === notices) kept.set(clientId, client);
    return client;
  };

  return {
    find: read,
    forget() {
      notices += 1;
      kept.clear();
    },
  };
}

/** OpenID Connect client metadata (Dynamic Client Registration §2), as the engine reads it. */
export function metadataOf({ application, secret }: OpenApplication): AllClientMetadata {
  const { settings, clientId } = application;
  const code = settings.grantTypes.includes("authorization_code");
  const metadata: AllClientMetadata = {
    client_id: clientId,
    client_name: localised(settings.name, "en"),
    ...(secret && { client_secret: secret.reveal() }),
    application_type: settings.type === "native" ? "native" : "web",
    token_endpoint_auth_method: settings.authentication,
    redirect_uris: settings.redirectUris,
    post_logout_redirect_uris: settings.postLogoutRedirectUris,
    grant_types: settings.grantTypes,
    response_types: code ? ["code"] : [],
    ...(settings.scopes.length > 0 && { scope: settings.scopes.join(" ") }),
    subject_type: settings.subjectType,
    id_token_signed_response_alg: settings.signingAlgorithm,
    ...(settings.jwks && { jwks: settings.jwks }),
    ...(settings.jwksUri && { jwks_uri: settings.jwksUri }),
    ...(settings.sectorIdentifierUri && { sector_identifier_uri: settings.sectorIdentifierUri }),
    ...(settings.backchannelLogoutUri && {
      backchannel_logout_uri: settings.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
  } as AllClientMetadata; // jwks is looser in our schema than in the engine's types
  // The engine hashes this object's JSON at every look-up: what stands for it is as good, and much shorter.
  const digest = createHash("sha256").update(JSON.stringify(metadata)).digest("base64url");
  Object.defineProperty(metadata, "toJSON", { value: () => digest });
  return metadata;
}
