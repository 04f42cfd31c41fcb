import { hours, seconds } from "../../kernel/time.ts";
import { type Cached, makeCached } from "./cached.ts";
import { fetchDocument, parseObject } from "./exchange.ts";
import type { Endpoints } from "./profiles.ts";
import { isBrokerAddress } from "./settings.ts";
import { fillAddress, type Setup } from "./setup.ts";
import { BrokerTrouble } from "./trouble.ts";

/** Where the broker's parts are, and what its discovery document tells besides. */
export type Whereabouts = Readonly<{
  endpoints: Endpoints;
  /** It says who it is in its answers (RFC 9207), so that one without is not its own. */
  namesIssuer: boolean;
  takesPkce: boolean;
}>;

/** The broker's endpoints, from settings and profile, else from its discovery document. */
export function makeWhereabouts(setup: Setup): Cached<Whereabouts> {
  const { authorization, token, keys } = setup.endpoints;
  const keysKnown = keys ?? (setup.keyTrust.by === "settings" ? "" : undefined);
  if (authorization && token && keysKnown !== undefined) {
    const known = { endpoints: { authorization, token, keys: keysKnown }, namesIssuer: false, takesPkce: false };
    return { get: async () => known, renew: async () => known };
  }
  return makeCached({ load: () => discover(setup), fresh: hours(1), usable: hours(24) });
}

async function discover(setup: Setup): Promise<Whereabouts> {
  const { issuer, profile, endpoints, keyTrust } = setup;
  const url = fillAddress("{issuer}/.well-known/openid-configuration", { issuer, issuerPath: profile.issuerPath });
  const { body } = await fetchDocument(url, "application/json", AbortSignal.timeout(seconds(5)));
  const found = parseObject(body);
  // OpenID Connect Discovery 1.0 §4.3: otherwise another could answer in its name.
  if (found.issuer !== issuer) throw new BrokerTrouble("discovery-of-another");
  const keyName = keyTrust.by === "tls" ? "jwks_uri" : "signed_jwks_uri";
  const address = (given: string | undefined, name: string): string => {
    const value = given ?? found[name];
    if (typeof value !== "string" || !isBrokerAddress(value)) throw new BrokerTrouble("discovery-incomplete");
    return value;
  };
  const methods = found.code_challenge_methods_supported;
  return {
    endpoints: {
      authorization: address(endpoints.authorization, "authorization_endpoint"),
      token: address(endpoints.token, "token_endpoint"),
      keys: keyTrust.by === "settings" ? "" : address(endpoints.keys, keyName),
    },
    namesIssuer: found.authorization_response_iss_parameter_supported === true,
    takesPkce: Array.isArray(methods) && methods.includes("S256"),
  };
}
