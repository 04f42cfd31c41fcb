/** Somebody who identifies at Suomi.fi. All of them are made up: their codes are from the range that is kept for tests. */
export type SuomifiPerson = Readonly<{
  name: string;
  /** The AuthnContextClassRef that comes with them. */
  method: string;
  attributes: Readonly<Record<string, string>>;
}>;

const oid = "urn:oid:";
const register = "urn:oid:1.2.246.517.2002.2.";
const eidas = "http://eidas.europa.eu/attributes/naturalperson/";
const loa2 = "http://ftn.ficora.fi/2017/loa2";
export const hetuName = "urn:oid:1.2.246.21";

/** Medium-extensive data, as the test environment gives it: most of it is none of our business. */
export const suomifiPeople = {
  nordea: {
    name: "Nordea Demo",
    method: loa2,
    attributes: {
      [`${eidas}CurrentGivenName`]: "Nordea Åke",
      [`${register}7`]: "TURKU",
      [`${oid}2.16.840.1.113730.3.1.241`]: "Nordea Demo",
      [`${oid}1.2.246.517.3002.111.2`]: "true",
      [`${oid}2.5.4.3`]: "Demo Nordea Åke",
      [`${oid}2.5.4.4`]: "Demo",
      [hetuName]: "210281-9988",
    },
  },
  /** Under an order of non-disclosure. */
  secret: {
    name: "Salla Salainen",
    method: loa2,
    attributes: { [`${oid}2.5.4.4`]: "Salainen", [`${register}27`]: "1", [hetuName]: "010170-999R" },
  },
  card: { name: "Kaarina Kortti", method: "http://ftn.ficora.fi/2017/loa3", attributes: { [hetuName]: "070770-905D" } },
  eidas: {
    name: "Jörg Müller",
    method: "http://eidas.europa.eu/LoA/substantial",
    attributes: {
      [`${eidas}PersonIdentifier`]: "DE/FI/1234567890",
      [`${eidas}CurrentFamilyName`]: "Müller",
      [`${eidas}DateOfBirth`]: "1981-02-21",
    },
  },
  /** Finnish Authenticator, which is not strong. */
  foreigner: {
    name: "Nadia Nousiainen",
    method: "urn:oid:1.2.246.517.3002.110.7",
    attributes: { [`${oid}1.2.246.517.3002.111.17`]: "9901011234" },
  },
  /** The method that anybody may use in the test environment. */
  test: { name: "Testi Testinen", method: `${oid}1.2.246.517.3002.110.999`, attributes: { [hetuName]: "210281-9988" } },
} as const satisfies Record<string, SuomifiPerson>;
