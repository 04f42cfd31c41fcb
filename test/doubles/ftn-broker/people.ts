import type { Identity, Level } from "../../../src/kernel/identity.ts";

/** Somebody who identifies at the broker. All of them are made up: their numbers are from the ranges kept for tests. */
export type TestPerson = Readonly<{
  id: string;
  givenNames: string;
  familyName: string;
  birthDate: string;
  identity: Identity;
  /** What their means gives, whatever was asked. */
  level: Level;
  /** Mobile ID tells the card's number too. */
  satu?: string;
  /** Some banks tell only the whole name. */
  wholeNameOnly?: true;
}>;

const finn = (hetu: string): Identity => ({ country: "FI", type: "hetu", value: hetu });

export const testPeople = [
  {
    id: "tero",
    givenNames: "Tero Testi",
    familyName: "Äyrämö",
    birthDate: "1970-01-01",
    identity: finn("010170-999R"),
    level: "substantial",
  },
  {
    id: "korhonen",
    givenNames: "Nordea",
    familyName: "Korhonen",
    birthDate: "2000-02-01",
    identity: finn("010200A9618"),
    level: "substantial",
  },
  {
    id: "vaino",
    givenNames: "Väinö",
    familyName: "Tunnistus",
    birthDate: "1970-07-07",
    identity: finn("070770-905D"),
    level: "high",
  },
  {
    id: "makinen",
    givenNames: "Liisa Å",
    familyName: "Mäkinen",
    birthDate: "1983-08-03",
    identity: finn("030883-925M"),
    level: "substantial",
    satu: "99900001N",
  },
  {
    id: "virtanen",
    givenNames: "Matti Olavi",
    familyName: "Virtanen",
    birthDate: "1992-12-29",
    identity: finn("291292-918R"),
    level: "substantial",
    wholeNameOnly: true,
  },
  {
    id: "asa",
    givenNames: "Åsa Märta",
    familyName: "Öberg",
    birthDate: "1981-12-28",
    identity: { country: "SE", type: "personnummer", value: "198112289874" },
    level: "substantial",
  },
  {
    id: "bjorn",
    givenNames: "Björn",
    familyName: "Nilsson",
    birthDate: "1970-10-03",
    identity: { country: "SE", type: "samordningsnummer", value: "197010632391" },
    level: "substantial",
  },
  {
    id: "jaan",
    givenNames: "Jaan",
    familyName: "Tõnisson",
    birthDate: "1980-01-08",
    identity: { country: "EE", type: "eidas", value: "EE/FI/38001080000" },
    level: "substantial",
  },
] as const satisfies readonly TestPerson[];
