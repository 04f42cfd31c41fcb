import assert from "node:assert/strict";
import { test } from "node:test";
import type { Strength } from "../../../kernel/strength.ts";
import { isStillPermitted } from "./still-permitted.ts";

const methods = [
  { name: "certificate", strength: 3, signIn: ["certificate"] },
  { name: "eid", strength: 2, signIn: ["eid"] },
  { name: "totp", strength: 2, signIn: ["password", "totp"] },
  { name: "nothing", strength: 3, signIn: [] },
] as const;

type Case = { permitted?: string[]; minimumStrength?: Strength; acr?: string; shown?: string[] };

const judge = ({
  permitted = ["eid", "totp"],
  minimumStrength = 2,
  acr = "aal2",
  shown = ["password", "totp"],
}: Case) =>
  isStillPermitted({
    methods,
    permitted,
    minimumStrength,
    session: { acr, proofs: shown.map((kind) => ({ kind })) },
  });

for (const [says, change, expected] of [
  ["POL-3 a session rests on a method that is permitted", {}, true],
  ["POL-3 its method was forbidden", { permitted: ["eid"] }, false],
  ["POL-3 nothing is permitted", { permitted: [] }, false],
  ["POL-3 another permitted way was shown too", { permitted: ["eid"], shown: ["password", "totp", "eid"] }, true],
  ["POL-3 half of a way is none", { shown: ["password"] }, false],
  ["POL-3 the rules want more than it shows", { minimumStrength: 3 }, false],
  [
    "POL-3 what is left is weaker than what the session says of itself",
    { acr: "aal3", shown: ["certificate", "password", "totp"] },
    false,
  ],
  ["POL-3 a method without a way in is none", { permitted: ["nothing"] }, false],
  ["POL-3 a strength that nobody knows counts as none", { acr: "" }, true],
] as const satisfies readonly (readonly [string, Case, boolean])[])
  test(says, () => assert.equal(judge(change as Case), expected));
