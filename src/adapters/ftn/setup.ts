import type { JWK } from "jose";
import type { Level } from "../../kernel/identity.ts";
import type { KnownMeans } from "./means.ts";
import { type Environment, ftnLevels, type Levels, type Profile, type ProfileName, profiles } from "./profiles.ts";
import type { Settings } from "./settings.ts";
import type { TroubleReason } from "./trouble.ts";

/** What vouches for the broker's signing keys. */
export type KeyTrust =
  | Readonly<{ by: "settings"; keys: readonly JWK[] }>
  | Readonly<{ by: "entity-key"; key: JWK }>
  | Readonly<{ by: "entity-statement"; sha256: string; url: string }>
  | Readonly<{ by: "tls" }>
  | Readonly<{ by: "nobody" }>;

/** A broker as it is in this environment: its profile with the operator's settings over it. */
export type Setup = Readonly<{
  profile: Profile;
  environment: Environment;
  issuer: string;
  clientId: string;
  /** Addresses that need no discovery. */
  endpoints: Readonly<{ authorization?: string; token?: string; keys?: string }>;
  keyTrust: KeyTrust;
  spName: string | null;
  /** The values of the level's claim that count here. */
  levelValues: Readonly<Record<string, Level>>;
  /** The level of every answer, where no claim tells. */
  level: Level | null;
  means: readonly KnownMeans[];
  /** Why it must not be used at all. */
  barred: TroubleReason | null;
}>;

/** Puts `settings` over the profile, for `environment`. */
export function setUp(profileName: ProfileName, settings: Settings, environment: Environment): Setup {
  const base: Profile = profiles[profileName];
  const issuer = settings.issuer ?? base.issuer?.[environment] ?? "";
  const profile = overlay(base, settings);
  const isTestHost = base.testHosts.some((end) =>
    end.startsWith(".") ? hostOf(issuer).endsWith(end) : hostOf(issuer) === end,
  );
  const keyTrust = keyTrustOf(profile, settings, issuer, environment);
  const barred = environment === "production" && isTestHost ? "test-broker-in-production" : null;
  return {
    profile,
    environment,
    issuer,
    clientId: settings.clientId,
    endpoints: endpointsOf(profile, settings, issuer),
    keyTrust,
    spName: settings.spName ?? null,
    levelValues: levelValuesOf(profile.levels, settings, environment),
    level: settings.level ?? null,
    means: meansOf(profile, settings, environment),
    barred: keyTrust.by === "nobody" ? "keys-unverified" : barred,
  };
}

/** `template` with the broker's issuer, host and what else is given. */
export function fillAddress(
  template: string,
  { issuer, issuerPath, more = {} }: { issuer: string; issuerPath: string; more?: Readonly<Record<string, string>> },
): string {
  const bare = issuer.replace(/\/$/u, "");
  const host = issuerPath && bare.endsWith(issuerPath) ? bare.slice(0, -issuerPath.length) : bare;
  const values = new Map([["issuer", bare], ["host", host], ...Object.entries(more)]);
  return template.replace(/\{([a-z_]+)\}/gu, (whole, name: string) => values.get(name) ?? whole);
}

function overlay(base: Profile, settings: Settings): Profile {
  const { levelClaim, ...protocol } = settings.protocol ?? {};
  const given = Object.fromEntries(Object.entries(protocol).filter(([, value]) => value !== undefined));
  const purpose = settings.purpose ?? base.purpose;
  const scopes = settings.scopes ?? base.scopes;
  const { encryption } = settings.encrypted ? profiles.generic : base;
  return {
    ...base,
    ...given,
    encryption,
    purpose,
    scopes: purpose === "none" ? scopes : [...scopes, purpose],
    clientAuthentication: settings.clientAuthentication ?? base.clientAuthentication,
    identities: identitiesOf(settings) ?? base.identities,
    levels: levelClaim ? { by: "claim", claim: levelClaim, values: valuesOf(base.levels) } : base.levels,
  };
}

/** zod writes what is left out as `undefined`; here it is left out. */
const identitiesOf = ({ identities }: Settings) =>
  identities?.map(({ claim, types, where }) => ({ claim, types, ...(where && { where }) }));

const valuesOf = (levels: Levels) => (levels.by === "claim" ? levels.values : { test: {}, production: {} });

/** The values that count. Whatever the settings say, a test level counts only in test, a real one only in production. */
function levelValuesOf(levels: Levels, settings: Settings, environment: Environment): Record<string, Level> {
  const others = Object.keys(ftnLevels[environment === "test" ? "production" : "test"]);
  const values = { ...valuesOf(levels)[environment], ...settings.levels };
  return Object.fromEntries(Object.entries(values).filter(([value]) => !others.includes(value)));
}

function endpointsOf({ endpoints, issuerPath }: Profile, settings: Settings, issuer: string): Setup["endpoints"] {
  const known = Object.entries(endpoints ?? {}).map(([name, url]) => [name, fillAddress(url, { issuer, issuerPath })]);
  const given = Object.entries(settings.endpoints ?? {}).filter(([, url]) => url !== undefined);
  return Object.fromEntries([...known, ...given]);
}

function keyTrustOf(profile: Profile, settings: Settings, issuer: string, environment: Environment): KeyTrust {
  const { issuerPath, entityStatement } = profile;
  if (settings.jwks) return { by: "settings", keys: settings.jwks.keys };
  if (settings.entityKey) return { by: "entity-key", key: settings.entityKey };
  const sha256 = settings.entityStatementSha256 ?? profile.entityStatementSha256?.[environment];
  if (sha256 && entityStatement)
    return { by: "entity-statement", sha256, url: fillAddress(entityStatement, { issuer, issuerPath }) };
  return { by: profile.keySource === "plain" ? "tls" : "nobody" };
}

function meansOf(profile: Profile, settings: Settings, environment: Environment): KnownMeans[] {
  const known = new Map(profile.means.map((one) => [one.id, one]));
  if (!settings.means)
    return profile.means.filter(
      ({ unlessListed }) => !unlessListed || (unlessListed === "test-only" && environment === "test"),
    );
  return settings.means.flatMap((one) => {
    if (typeof one === "string") return known.get(one) ?? [];
    const { id, name, country, note } = one;
    return { id, name: typeof name === "string" ? name : compact(name), country, ...(note && { note }) };
  });
}

const compact = (texts: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));

const hostOf = (issuer: string): string => (URL.canParse(issuer) ? new URL(issuer).hostname : "");
