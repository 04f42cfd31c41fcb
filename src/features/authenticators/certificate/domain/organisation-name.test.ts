import assert from "node:assert/strict";
import { test } from "node:test";
import { cardAddress } from "./card-address.ts";
import { namesOrganisation } from "./organisation-name.ts";

test("a card names the organisation however the issuer writes it", () => {
  const names = ["Etelä-Suomen hyvinvointialue", "Södra Finlands välfärdsområde"];
  for (const named of [
    "Etelä-Suomen hyvinvointialue",
    "ETELA SUOMEN  HYVINVOINTIALUE",
    "sodra finlands valfardsomrade ",
  ])
    assert.ok(namesOrganisation(named, names), named);
  for (const named of [null, "", " ", "-", "Etelä-Suomen", "Etelä-Suomen hyvinvointialue Oy"])
    assert.ok(!namesOrganisation(named, names), String(named));
  assert.ok(!namesOrganisation("", [""]), "nothing names nothing");
});

test("T42 a star in the card listener's address is another name each time", () => {
  const once = { path: "p", name: "0a1b" };
  assert.equal(cardAddress("https://*.card.example.fi:8443", once), "https://0a1b.card.example.fi:8443/p");
  assert.equal(cardAddress("https://card.example.fi", once), "https://card.example.fi/p");
});
