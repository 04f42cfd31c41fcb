import assert from "node:assert/strict";
import { test } from "node:test";
import { clientDataFault } from "./client-data.ts";

const asked = {
  ceremony: "webauthn.get",
  challenge: "the-challenge",
  relyingParty: { id: "login.example", origin: "https://login.example" },
} as const;
const right = { type: "webauthn.get", challenge: "the-challenge", origin: "https://login.example", crossOrigin: false };

test("T33 an answer to what was asked, on our own page, is none of these faults", () => {
  assert.equal(clientDataFault(JSON.stringify(right), asked), null);
  const { crossOrigin: _, ...older } = right;
  assert.equal(clientDataFault(JSON.stringify({ ...older, future: { a: 1 } }), asked), null);
});

for (const [change, fault] of [
  [{ type: "webauthn.create" }, "wrong-ceremony"],
  [{ type: "payment.get" }, "wrong-ceremony"],
  [{ challenge: "another" }, "wrong-challenge"],
  [{ challenge: "the-challenge=" }, "wrong-challenge"],
  [{ origin: "https://login.example.evil.example" }, "wrong-origin"],
  [{ origin: "https://sub.login.example" }, "wrong-origin"],
  [{ origin: "https://login.example:444" }, "wrong-origin"],
  [{ origin: "http://login.example" }, "wrong-origin"],
  [{ origin: "https://login.example/" }, "wrong-origin"],
  [{ crossOrigin: true }, "cross-origin"],
  [{ topOrigin: "https://evil.example" }, "cross-origin"],
  [{ challenge: 1 }, "unreadable"],
  [{ origin: null }, "unreadable"],
] as const)
  test(`T33 ${JSON.stringify(change)} is refused: ${fault}`, () => {
    assert.equal(clientDataFault(JSON.stringify({ ...right, ...change }), asked), fault);
  });

test("T33 what is no JSON is refused", () => {
  for (const text of ["", "null", "[]", "{", "\ufeff{}"]) assert.equal(clientDataFault(text, asked), "unreadable");
});
