import assert from "node:assert/strict";
import { test } from "node:test";
import { type Organisation, readPolicy } from "../../organisations/index.ts";
import { guestHome } from "./home.ts";

const homes = {
  "lehtola.example": { name: "Lehtola University", help: "+358 16 555 0200" },
  "art.lehtola.example": { name: "Lehtola Academy of Arts" },
};
const organisation: Organisation = {
  id: "5c7d31f4-25c3-4b0c-9f6c-5f1b6f3c8a11",
  slug: "koivula",
  name: { en: "Koivula" },
  smsName: "Koivula",
  languages: ["en"],
  support: [],
  brandColour: null,
  logoHash: null,
  home: null,
  authenticatorName: "Koivula",
  emailCategories: {},
  policy: readPolicy({ recovery: { homes } }),
  state: "open",
};

test("REC-5 whose account a guest's is, by the address: the longest domain, else the domain itself", () => {
  const table: readonly [string, string | null, string | null][] = [
    ["aino@lehtola.example", "Lehtola University", "+358 16 555 0200"],
    [" Aino@STAFF.Lehtola.example ", "Lehtola University", "+358 16 555 0200"],
    ["aino@art.lehtola.example", "Lehtola Academy of Arts", null],
    ["aino@notlehtola.example", "notlehtola.example", null],
    ["aino@other.example", "other.example", null],
    ["aino", null, null],
    ["<b>@lehtola.example", null, null],
    ["aino@", null, null],
  ];
  for (const [typed, name, help] of table)
    assert.deepEqual(guestHome(typed, organisation), name === null ? null : { name, help }, typed);
  assert.deepEqual(guestHome("aino@lehtola.example", null), { name: "lehtola.example", help: null });
});
