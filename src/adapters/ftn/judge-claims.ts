import { birthDateOf, type Identity, type Level, levels, parseIdentity } from "../../kernel/identity.ts";
import { type Instant, plus, seconds } from "../../kernel/time.ts";
import { levelTooLow } from "../../ports/identity-broker.ts";
import type { IdentityClaim } from "./profiles.ts";
import type { Setup } from "./setup.ts";
import { type Refused, refused } from "./trouble.ts";

export type Claims = Readonly<Record<string, unknown>>;
type Expected = Readonly<{ nonce: string; sentAt: Instant; level: Level; now: Instant }>;
type Judged = Readonly<{ result: "identified"; identity: Identity; level: Level; authenticatedAt: Instant }>;

const skew = seconds(60);

/**
 * What the claims of a rightly signed ID token are worth (OpenID Connect Core 1.0 §3.1.3.7): whether they answer our
 * request, now, at the level wished for; and who the person is. Names, addresses and `sub` identify nobody.
 */
export function judgeClaims(claims: Claims, setup: Setup, expected: Expected): Judged | Refused {
  const wrong = judgeAddressing(claims, setup) ?? judgeTimes(claims, expected);
  if (wrong) return wrong;
  if (claims.nonce !== expected.nonce) return refused("nonce-differs");
  const authenticatedAt = authenticationOf(claims, setup, expected);
  if ("result" in authenticatedAt) return authenticatedAt;
  const level = levelOf(claims, setup);
  if (typeof level === "object") return level;
  if (levels.indexOf(level) < levels.indexOf(expected.level)) return refused(levelTooLow);
  const identity = identityOf(claims, setup);
  if ("result" in identity) return identity;
  return { result: "identified", identity, level, authenticatedAt: authenticatedAt.at };
}

function judgeAddressing({ iss, aud, azp }: Claims, { issuer, clientId }: Setup): Refused | null {
  if (iss !== issuer) return refused("issuer-differs");
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(clientId)) return refused("audience-differs");
  if (audiences.length > 1 && azp === undefined) return refused("audience-differs");
  if (azp !== undefined && azp !== clientId) return refused("audience-differs");
  return null;
}

function judgeTimes({ exp, iat, nbf }: Claims, { now }: Expected): Refused | null {
  const ends = instantOf(exp);
  const begins = instantOf(iat);
  if (!ends || !begins) return refused("token-unreadable");
  if (plus(ends, skew) <= now) return refused("token-expired");
  const earliest = plus(now, skew);
  const notBefore = nbf === undefined ? begins : instantOf(nbf);
  if (!notBefore || begins > earliest || notBefore > earliest) return refused("token-from-the-future");
  return null;
}

/** When the person authenticated: after we asked, so that somebody else's or an old session is never taken. */
function authenticationOf(
  { auth_time, iat }: Claims,
  { profile }: Setup,
  { sentAt, now }: Expected,
): Readonly<{ at: Instant }> | Refused {
  if (auth_time === undefined && profile.authTime === "required") return refused("authentication-time-missing");
  const at = instantOf(auth_time ?? iat);
  if (!at) return refused("token-unreadable");
  if (plus(at, skew) < sentAt) return refused("authentication-old");
  if (at > plus(now, skew)) return refused("token-from-the-future");
  return { at };
}

function levelOf(claims: Claims, { profile, levelValues, level }: Setup): Level | Refused {
  if (profile.levels.by === "settings") return level ?? refused("level-missing");
  const value = claims[profile.levels.claim];
  if (typeof value !== "string") return refused("level-missing");
  return (Object.hasOwn(levelValues, value) ? levelValues[value] : undefined) ?? refused("level-unknown");
}

function identityOf(claims: Claims, setup: Setup): Identity | Refused {
  const { identities, birthDateClaim } = setup.profile;
  if (identities.length === 0) return subjectOf(claims, setup);
  const present = identities.filter((one) => isPresent(one, claims));
  const first = present[0];
  if (!first) return refused("no-identity");
  const identity = read(first, claims);
  // A code that is wrong is not passed over for another claim: the broker is wrong about the person.
  if (!identity) return refused("identity-code-wrong");
  const others = present.filter(({ types }) => types.includes(identity.type)).map((one) => read(one, claims)?.value);
  if (others.some((value) => value !== identity.value)) return refused("identity-codes-differ");
  const birthDate = birthDateClaim === null ? undefined : claims[birthDateClaim];
  const known = birthDateOf(identity);
  if (known !== null && !isEmpty(birthDate) && birthDate !== known) return refused("birth-date-differs");
  return identity;
}

/** Plain OpenID Connect without identity codes: whoever the issuer says, within the issuer. */
function subjectOf({ sub }: Claims, { issuer }: Setup): Identity | Refused {
  const identity = typeof sub === "string" ? parseIdentity("subject", `${issuer} ${sub}`) : null;
  return identity ?? refused("no-identity");
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

const isPresent = ({ claim, where = {} }: IdentityClaim, claims: Claims): boolean =>
  !isEmpty(claims[claim]) && Object.entries(where).every(([name, value]) => claims[name] === value);

function read({ claim, types }: IdentityClaim, claims: Claims): Identity | null {
  const value = claims[claim];
  if (typeof value !== "string") return null;
  for (const type of types) {
    const identity = parseIdentity(type, value);
    if (identity) return identity;
  }
  return null;
}

function instantOf(numericDate: unknown): Instant | null {
  if (typeof numericDate !== "number" || !Number.isFinite(numericDate)) return null;
  const instant = new Date(numericDate * 1000);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
