import * as z from "zod";
import { type LocalisedText, languages } from "../../../kernel/language.ts";
import { problemsOfAddresses } from "./addresses.ts";

/** Who the person is to a state: only for an application that is entitled to it in so many words (APP-3). */
export const identityScope = "personal_identity_code";

export const scopes = ["openid", "profile", "email", "phone", "organisation", identityScope, "offline_access"] as const;

const address = z.string().max(2000);
const jwk = z.looseObject({ kty: z.string() });
const name = z
  .partialRecord(z.enum(languages), z.string().trim().min(1).max(100))
  .refine((text) => Object.keys(text).length > 0, "needs a text in at least one language");
const fields = z.strictObject({
  name,
  redirectUris: z.array(address).max(50).default([]),
  postLogoutRedirectUris: z.array(address).max(50).default([]),
  /** `spa` runs in the browser and may call the token endpoint from there; `native` on a device. */
  type: z.enum(["web", "native", "spa"]).default("web"),
  authentication: z
    .enum(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"])
    .default("client_secret_basic"),
  jwks: z.strictObject({ keys: z.array(jwk).min(1).max(20) }).optional(),
  jwksUri: address.optional(),
  signingAlgorithm: z.enum(["ES256", "RS256"]).default("ES256"),
  /** Does without PKCE: only for an application that can't, and that keeps a secret. */
  legacy: z.boolean().default(false),
  subjectType: z.enum(["public", "pairwise"]).default("public"),
  sectorIdentifierUri: address.optional(),
  backchannelLogoutUri: address.optional(),
  initiateLoginUri: address.optional(),
  /** Where the way on leads when a sign-in can't go on. */
  homeUrl: address.optional(),
  grantTypes: z
    .array(z.enum(["authorization_code", "refresh_token", "client_credentials"]))
    .min(1)
    .default(["authorization_code"]),
  scopes: z.array(z.enum(scopes)).default(["openid", "profile", "email"]),
});

export const applicationSettings = fields.check((context) => {
  for (const { path, message } of problemsOf(context.value))
    context.issues.push({ code: "custom", input: context.value, path: [path], message });
});

export type ApplicationSettings = z.infer<typeof fields>;

/** A relying party as it is stored, with its secret opened. */
export type Application = Readonly<{
  clientId: string;
  /** Null for the service's own, which takes accounts of every organisation. */
  organisationId: string | null;
  settings: ApplicationSettings;
  version: number;
  createdAt: Date;
}>;

/** What can be told of an application to anybody who may see it: never its secret (T68). */
export type ApplicationListing = Readonly<{ clientId: string; name: LocalisedText; type: string; open: boolean }>;

type Problem = { path: keyof ApplicationSettings; message: string };

function* problemsOf(settings: ApplicationSettings): Generator<Problem> {
  const { type, authentication, grantTypes, redirectUris, subjectType } = settings;
  const code = grantTypes.includes("authorization_code");
  const isPublic = authentication === "none";
  if (type === "spa" && !isPublic)
    yield { path: "authentication", message: "must be none: whatever runs in a browser can't keep a secret" };
  if (type === "web" && isPublic)
    yield { path: "authentication", message: "must not be none for a web application; choose the type spa or native" };
  if (isPublic && grantTypes.includes("client_credentials"))
    yield { path: "grantTypes", message: "client_credentials needs an application that authenticates itself" };
  if (!code && grantTypes.includes("refresh_token"))
    yield { path: "grantTypes", message: "refresh_token comes only with authorization_code" };
  if (isPublic && settings.legacy)
    yield { path: "legacy", message: "an application without authentication must use PKCE" };
  if (code && redirectUris.length === 0) yield { path: "redirectUris", message: "needs at least one address" };
  if (code && !settings.scopes.includes("openid")) yield { path: "scopes", message: "must include openid" };
  if (settings.jwks && settings.jwksUri) yield { path: "jwksUri", message: "give the keys or their address, not both" };
  if (authentication === "private_key_jwt" && !settings.jwks && !settings.jwksUri)
    yield { path: "jwks", message: "private_key_jwt needs the public keys (jwks) or their address (jwksUri)" };
  if (settings.jwks?.keys.some((key) => ["d", "p", "q", "k", "priv"].some((part) => part in key)))
    yield { path: "jwks", message: "holds a private or shared key; give only public keys" };
  const hosts = new Set(redirectUris.map((uri) => URL.parse(uri)?.host));
  if (subjectType === "pairwise" && code && hosts.size > 1 && !settings.sectorIdentifierUri)
    yield { path: "sectorIdentifierUri", message: "is needed where pairwise subjects cover several hosts" };
  yield* problemsOfAddresses(settings);
}
