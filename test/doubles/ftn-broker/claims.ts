import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import type { Level } from "../../../src/kernel/identity.ts";
import type { TestPerson } from "./people.ts";
import type { Profile } from "./surfaces.ts";

/** What a broker tells of a person, by its own names; undefined for people whom it can't identify. */
export const personClaims: Readonly<Record<Profile, (person: TestPerson) => JWTPayload | undefined>> = {
  telia: byOids,
  generic: byOids,
  op: (person) => {
    if (person.identity.type !== "hetu") return undefined;
    return { ...standardNames(person), sub: randomUUID(), personal_identity_code: person.identity.value };
  },
  idura: (person) => {
    const { country, type, value } = person.identity;
    const sub = `{${randomUUID()}}`;
    if (type === "hetu")
      return {
        ...standardNames(person),
        sub,
        identityscheme: "fitupas",
        hetu: value,
        ...(person.satu && { satu: person.satu }),
        country,
      };
    if (country !== "SE") return undefined;
    return { sub, identityscheme: "sebankid", ssn: value, name: nameOf(person), ipaddress: "192.0.2.7", country };
  },
  signicat: (person) => {
    const { country, type, value } = person.identity;
    const nin = { idp_id: value, nin: value, nin_type: "PERSON", nin_issuing_country: country };
    const sub = createHash("sha256").update(value).digest("base64url");
    if (type === "hetu")
      return {
        ...standardNames(person),
        ...nin,
        sub,
        idp: "ftn",
        ftn_idp: "fi-op",
        ftn_issuer: "https://bank.example",
        ftn_hetu: value,
        ...(person.satu && { ftn_satu: person.satu }),
        ftn_sub: randomUUID(),
      };
    return country === "SE" ? { ...standardNames(person), ...nin, sub, idp: "sbid" } : undefined;
  },
  oidc: (person) => ({ ...standardNames(person), sub: `person-${person.id}` }),
};

/** The attributes of the trust network. Who has no Finnish code has an identifier of eIDAS, and no birth date. */
function byOids(person: TestPerson): JWTPayload {
  const { type, value } = person.identity;
  const names = {
    sub: randomBytes(20).toString("hex").toUpperCase().slice(0, 32),
    "urn:oid:2.5.4.4": person.familyName,
    ...(!person.wholeNameOnly && { "urn:oid:1.2.246.575.1.14": person.givenNames }),
  };
  const foreign = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier";
  if (type !== "hetu")
    return { ...names, [foreign]: type === "eidas" ? value : `FI/SE/${value.slice(2, 8)}-${value.slice(8)}` };
  return {
    ...names,
    "urn:oid:1.2.246.21": value,
    "urn:oid:1.3.6.1.5.5.7.9.1": person.birthDate,
    "urn:oid:2.16.840.1.113730.3.1.241": nameOf(person),
    ...(person.satu && { "urn:oid:1.2.246.22": person.satu }),
  };
}

const standardNames = (person: TestPerson) => ({
  name: `${person.familyName} ${person.givenNames}`,
  ...(!person.wholeNameOnly && { given_name: person.givenNames, family_name: person.familyName }),
  birthdate: person.birthDate,
});

const nameOf = ({ givenNames, familyName }: TestPerson) => `${givenNames} ${familyName}`;

/** The trust network's address of a level: tests have their own. */
export const levelAddress = (level: Level, environment: "test" | "production"): string =>
  `http://ftn.ficora.fi/2017/loa${environment === "test" ? "test" : ""}${level === "high" ? 3 : 2}`;

/** Telia's foreigners come without a level, and Idura's level is in the scheme: an address of theirs says no level. */
export function acrOf(profile: Profile, person: TestPerson, environment: "test" | "production"): JWTPayload {
  if (profile === "telia" && person.identity.type !== "hetu") return {};
  if (profile === "idura")
    return { acr: person.identity.country === "SE" ? "urn:grn:authn:se:bankid" : "urn:grn:authn:fi:bankid" };
  if (profile === "oidc") return {};
  return { acr: levelAddress(person.level, environment) };
}
