import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIdentityCode } from "./identity-code.ts";

test("ACT-1 Finnish personal identity codes, with the new century signs, keep their sign", () => {
  for (const code of [
    "020516C903K",
    "010594Y9032",
    "010190-900P",
    "010101-0101",
    "131052-308T",
    "290200B902D",
    "010150+903F",
    "241201F9502",
    "150685Y901H",
    "311299-998D",
  ])
    assert.deepEqual(parseIdentityCode(` ${code.toLowerCase()} `), { country: "FI", type: "hetu", value: code });
  for (const code of ["010101-0110", "170194-960J", "310299-998D", "010190/900P", "010101-0011", ""])
    assert.equal(parseIdentityCode(code), null, code);
  assert.notDeepEqual(parseIdentityCode("131052-308T"), parseIdentityCode("131052A308T"));
});

test("ACT-1 Swedish identity codes have twelve digits and a right check digit", () => {
  for (const code of ["196802020575", "19811228-9874", "197010632391"])
    assert.deepEqual(parseIdentityCode(code), { country: "SE", type: "personnummer", value: code.replace("-", "") });
  for (const code of ["196408833224", "811228-9874", "198113289874"]) assert.equal(parseIdentityCode(code), null, code);
});
