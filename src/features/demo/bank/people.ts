import { type Identity, parseIdentity } from "../../../kernel/identity.ts";
import { type Language, type LocalisedText, localised } from "../../../kernel/language.ts";

/** A means of identification that the bank pretends to have. The names are invented; no real bank is meant. */
export type DemoMeans = Readonly<{
  id: string;
  name: string | LocalisedText;
  /** ISO 3166; it decides which of the people have it. */
  country: string;
  /** On the tile, in the place of a logo. */
  letters: string;
}>;

export const demoMeans: readonly DemoMeans[] = [
  { id: "fi-kuusi", name: "Kuusipankki", country: "FI", letters: "K" },
  { id: "fi-majakka", name: "Majakkapankki", country: "FI", letters: "M" },
  { id: "fi-pihlaja", name: "Pihlajapankki", country: "FI", letters: "P" },
  {
    id: "fi-mobile",
    name: { fi: "Mobiilivarmenne (demo)", sv: "Mobilcertifikat (demo)", en: "Mobile ID (demo)" },
    country: "FI",
    letters: "ID",
  },
  { id: "se-bankid", name: "BankID (demo)", country: "SE", letters: "B" },
  {
    id: "ee-eid",
    name: { fi: "Viron eID (demo)", sv: "Estlands eID (demo)", en: "Estonian eID (demo)" },
    country: "EE",
    letters: "EE",
  },
];

export const meansName = ({ name }: DemoMeans, language: Language): string =>
  typeof name === "string" ? name : localised(name, language);

/** Somebody made up. Finnish codes are of the range 900–999, which is never given to anybody. */
export type DemoPerson = Readonly<{
  id: string;
  country: string;
  givenNames: string;
  familyName: string;
  /** `YYYY-MM-DD`; brokers tell it of Finns. */
  birthDate: string | null;
  identity: Identity;
}>;

/** The first is the one whom the demo invites. */
export const demoPeople: readonly DemoPerson[] = [
  {
    id: "aino",
    country: "FI",
    givenNames: "Aino",
    familyName: "Virtanen",
    birthDate: "1970-01-01",
    identity: known(parseIdentity("hetu", "010170-960F")),
  },
  {
    id: "mikael",
    country: "FI",
    givenNames: "Mikael",
    familyName: "Öhman",
    birthDate: "1991-09-23",
    identity: known(parseIdentity("hetu", "230991-961K")),
  },
  {
    id: "nils",
    country: "SE",
    givenNames: "Nils",
    familyName: "Lindqvist",
    birthDate: null,
    identity: known(parseIdentity("eidas", "SE/FI/198112289874")),
  },
  {
    id: "kadri",
    country: "EE",
    givenNames: "Kadri",
    familyName: "Tamm",
    birthDate: null,
    identity: known(parseIdentity("eidas", "EE/FI/DEMO-0001")),
  },
];

function known(identity: Identity | null): Identity {
  if (!identity) throw new Error("a made-up identity is not well formed");
  return identity;
}

export const findMeans = (id: string): DemoMeans | null => demoMeans.find((means) => means.id === id) ?? null;

export const peopleWith = ({ country }: DemoMeans): readonly DemoPerson[] =>
  demoPeople.filter((person) => person.country === country);

export const fullName = ({ givenNames, familyName }: DemoPerson): string => `${givenNames} ${familyName}`;

/** The person as ID tokens of the Finnish Trust Network tell them. */
export function personClaims(person: DemoPerson): Readonly<Record<string, string>> {
  const { identity, birthDate } = person;
  return {
    [identity.type === "hetu"
      ? "urn:oid:1.2.246.21"
      : "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier"]: identity.value,
    "urn:oid:2.5.4.4": person.familyName,
    "urn:oid:1.2.246.575.1.14": person.givenNames,
    "urn:oid:2.16.840.1.113730.3.1.241": fullName(person),
    ...(birthDate && { "urn:oid:1.3.6.1.5.5.7.9.1": birthDate }),
  };
}
