import assert from "node:assert/strict";
import { test } from "node:test";
import { isSamePerson, type Named } from "./same-person.ts";

const born = "1970-01-31";
const named = (name: string, birthDate = born): Named => {
  const [givenName = "", familyName = ""] = name.split("/");
  return { givenName, familyName, birthDate };
};

/** The document's given and family names, the account's, and whether they can be one person's. */
const table: readonly [document: string, account: string, same: boolean][] = [
  ["Aino Maria/Virtanen", "Aino/Virtanen", true],
  ["AINO MARIA/VIRTANEN", "Aino Maria/Virtanen", true],
  ["Maria Aino/Virtanen", "Aino/Virtanen", true],
  ["Aino Maria Helena/Virtanen", "Maria Helena/Virtanen", true],
  ["Anna Maija/Virtanen", "Anna-Maija/Virtanen", true],
  ["ANNA-MAIJA/VIRTANEN", "Anna Maija/Virtanen", true],
  ["Aino/Mäkelä", "Aino/MÄKELÄ", true],
  ["Aino/MAEKELAE", "Aino/Mäkelä", true],
  ["Aino/MAKELA", "Aino/Mäkelä", true],
  ["Aino/Ma\u0308kela\u0308", "Aino/Mäkelä", true],
  ["PAER/AASTROEM", "Pär/Åström", true],
  ["Jørgen/Østby", "Jorgen/Ostby", true],
  ["JOERGEN/OESTBY", "Jørgen/Østby", true],
  ["Łukasz/Weiß", "LUKASZ/WEISS", true],
  ["SEAN/OBRIEN", "Seán/O’Brien", true],
  ["Aino/von Essen", "Aino/Von  Essen", true],
  ["Aino/Virtanen-Korhonen", "Aino/Virtanen Korhonen", true],
  ["Наталья/Иванова", "НАТАЛЬЯ/ИВАНОВА", true],

  ["Aino/Virtanen", "Aino Maria/Virtanen", false],
  ["Aino Maria Helena/Virtanen", "Aino Helena/Virtanen", false],
  ["Maria Aino/Virtanen", "Aino Maria/Virtanen", false],
  ["Aino/Virtanen", "A./Virtanen", false],
  ["A./Virtanen", "Aino/Virtanen", false],
  ["Aino/Virtanen-Korhonen", "Aino/Virtanen", false],
  ["Aino/Virtanen", "Aino/Virtanen-Korhonen", false],
  ["Aino/Korhonen Virtanen", "Aino/Virtanen Korhonen", false],
  ["Virtanen/Aino", "Aino/Virtanen", false],
  ["Ainoliina/Virtanen", "Aino/Virtanen", false],
  ["Aino/Wirtanen", "Aino/Virtanen", false],
  ["Aino/Essen", "Aino/von Essen", false],
  ["Aino/MAEKELA", "Aino/Mäkelä", false],
  ["Natalya/Ivanova", "Наталья/Иванова", false],
  ["Аino/Virtanen", "Aino/Virtanen", false],
  ["/Virtanen", "Aino/Virtanen", false],
  ["Aino/Virtanen", "/Virtanen", false],
  ["-/-", "-/-", false],
];

test("REC-3 whose document it can be, by name", () => {
  for (const [document, account, same] of table)
    assert.equal(isSamePerson(named(document), named(account)), same, `${document} of ${account}`);
});

test("REC-3 T84 the date of birth is the same to the day, and known", () => {
  const account = named("Aino/Virtanen");
  assert.equal(isSamePerson(named("Aino/Virtanen", "1970-01-30"), account), false);
  for (const unknown of ["", "1970", "1970-01", "31.1.1970"])
    assert.equal(isSamePerson(named("Aino/Virtanen", unknown), named("Aino/Virtanen", unknown)), false, unknown);
});
