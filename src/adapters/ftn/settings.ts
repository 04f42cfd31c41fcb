import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { identityTypes, levels } from "../../kernel/identity.ts";
import { languages } from "../../kernel/language.ts";
import { type Profile, type ProfileName, profiles } from "./profiles.ts";

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

/** Whether it is an address that may be called: https, or http on this machine, which only demos and tests use. */
export function isBrokerAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  return protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
}

const address = z
  .string()
  .max(500)
  .refine(isBrokerAddress, "must be an https:// address, without a user or a fragment (http:// only on this machine)");

/** A public key as JWK or PEM, kept as JWK; private parts are left behind. */
const publicKey = z
  .union([z.string(), z.record(z.string(), z.unknown())], "must be a public key, as JWK or PEM")
  .transform((key, { addIssue }) => {
    try {
      // Node judges what a JWK is.
      const imported = typeof key === "string" ? createPublicKey(key) : createPublicKey({ key: key, format: "jwk" });
      const kid = typeof key === "object" && typeof key.kid === "string" ? { kid: key.kid } : {};
      return { ...imported.export({ format: "jwk" }), ...kid };
    } catch {
      addIssue("must be a public key, as JWK or PEM");
      return z.NEVER;
    }
  });

const word = z.string().regex(/^[\x21-\x7E]{1,300}$/u, "must be a word without spaces");
const name = z.union([z.string().min(1).max(60), z.partialRecord(z.enum(languages), z.string().min(1).max(60))]);

/** One that the profile knows, by its id alone, or one in full. */
const listedMeans = z.union(
  [
    word,
    z.strictObject({
      id: word,
      name,
      country: z.string().regex(/^[A-Z]{2}$/u, "must be two capital letters (ISO 3166)"),
      note: z.string().max(100).optional(),
    }),
  ],
  "must be an id that is known, or an object with id, name and country (ISO 3166)",
);

/** What sets this operator's agreement apart from the profile; above all what no public source confirms. */
const protocol = z.strictObject({
  transport: z.enum(["request", "client_id+request"]).optional(),
  requestAudience: z.enum(["issuer", "authorization-endpoint", "token-endpoint"]).optional(),
  assertionAudience: z.enum(["issuer", "authorization-endpoint", "token-endpoint"]).optional(),
  pkce: z.enum(["always", "never", "discovered"]).optional(),
  meansParameter: z.enum(["acr_values", "ftn_idp_id"]).nullable().optional(),
  acrValues: z.string().max(500).nullable().optional(),
  freshness: z
    .strictObject({ parameter: z.enum(["max_age", "prompt"]), value: z.union([z.string(), z.number()]) })
    .nullable()
    .optional(),
  authTime: z.enum(["required", "optional"]).optional(),
  levelClaim: word.optional(),
  birthDateClaim: word.nullable().optional(),
  cancelErrors: z.array(word).optional(),
});

const schema = z.strictObject({
  issuer: address.optional(),
  clientId: z.string("must be the name that the broker gave us").min(1).max(300),
  clientAuthentication: z.enum(["private_key_jwt", "client_secret_basic", "client_secret_post"]).optional(),
  encrypted: z.boolean().optional(),
  endpoints: z
    .strictObject({ authorization: address.optional(), token: address.optional(), keys: address.optional() })
    .optional(),
  entityKey: publicKey.optional(),
  entityStatementSha256: z
    .string()
    .transform((text) => text.replace(/[\s:]/gu, "").toLowerCase())
    .pipe(z.string().regex(/^[0-9a-f]{64}$/u, "must be a SHA-256: 64 digits 0–9 and letters a–f"))
    .optional(),
  jwks: z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }).optional(),
  scopes: z.array(word).optional(),
  purpose: z.enum(["weak", "strong", "none"]).optional(),
  spName: z.string().min(1).max(40, "must be at most 40 characters").optional(),
  means: z.array(listedMeans).optional(),
  level: z.enum(levels).optional(),
  levels: z.record(z.string(), z.enum(levels)).optional(),
  identities: z
    .array(
      z.strictObject({
        claim: word,
        types: z.array(z.enum(identityTypes).exclude(["subject"])).min(1),
        where: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional(),
  protocol: protocol.optional(),
});

export type Settings = z.infer<typeof schema>;
type Problem = Readonly<{ field: string; says: string }>;

export const isProfileName = (text: string): text is ProfileName => Object.hasOwn(profiles, text);

/** Settings as an operator gave them, or what is wrong with them, field by field. */
export function parseSettings(
  profileName: string,
  given: unknown,
): Readonly<{ settings: Settings }> | Readonly<{ problems: readonly Problem[] }> {
  if (!isProfileName(profileName)) return { problems: [{ field: "profile", says: "is not one that is known" }] };
  const { success, data, error } = schema.safeParse(given);
  if (!success) {
    return { problems: error.issues.flatMap(problemsOf) };
  }
  const problems = judge(profileName, profiles[profileName], data);
  return problems.length > 0 ? { problems } : { settings: data };
}

const kinds: Readonly<Record<string, string>> = {
  string: "must be a text",
  array: "must be a list",
  object: "must be an object of fields",
  record: "must be an object of fields",
  boolean: "must be true or false",
};

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ field: [...issue.path, key].join("."), says: "is not a setting" }));
  return [{ field: issue.path.join("."), says: wordsOf(issue) }];
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (/^(must|is|does)\b/u.test(issue.message)) return issue.message;
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? "must be something else";
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  if (issue.code === "too_small") return "must not be empty";
  return issue.code === "too_big" ? "must be shorter" : "must be something else";
}

/** What fields mean together, and what the profile needs. */
function judge(profileName: ProfileName, profile: Profile, settings: Settings): Problem[] {
  const { issuer, entityKey, entityStatementSha256, jwks, scopes, means, level, levels: levelValues } = settings;
  const problems: Problem[] = [];
  const mind = (isWrong: boolean, field: string, says: string) => {
    if (isWrong) problems.push({ field, says });
  };
  const isPlain = profileName === "oidc";
  const known = new Set(profile.means.map(({ id }) => id));

  mind(!issuer && !profile.issuer, "issuer", "must be the broker's issuer address: every customer has their own");
  mind(
    profile.keySource === "signed" && !entityKey && !entityStatementSha256 && !jwks && !profile.entityStatementSha256,
    "entityKey",
    "must be the broker's entity key, compared with the broker by another way: nothing else vouches for its keys",
  );
  mind(
    Boolean(entityStatementSha256) && profile.entityStatement === null,
    "entityStatementSha256",
    "does not work here, as this broker's entity statement may not be read by program: give entityKey",
  );
  mind(
    !isPlain && settings.clientAuthentication !== undefined && settings.clientAuthentication !== "private_key_jwt",
    "clientAuthentication",
    "must be private_key_jwt: the Finnish Trust Network allows nothing else",
  );
  mind(!isPlain && settings.encrypted === false, "encrypted", "must be true: the Finnish Trust Network demands it");
  mind(
    isPlain && settings.protocol?.transport !== undefined,
    "protocol.transport",
    "is not used with plain OpenID Connect",
  );
  mind(scopes !== undefined && !scopes.includes("openid"), "scopes", "must include openid");
  mind(
    profile.levels.by === "settings" && !level && !(levelValues && settings.protocol?.levelClaim),
    "level",
    "must be substantial or high: what this eID has been assessed as, since its answers do not tell",
  );
  for (const [index, one] of (means ?? []).entries())
    mind(
      typeof one === "string" && !known.has(one),
      `means.${index}`,
      "is not known: give its id, name and country (ISO 3166)",
    );
  return problems;
}
