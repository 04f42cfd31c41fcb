import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCreated, parseShown } from "./answer.ts";

const created = {
  id: "aWQ",
  rawId: "aWQ",
  type: "public-key",
  response: { clientDataJSON: "e30", attestationObject: "oA", transports: ["usb", "carrier-pigeon", "hybrid"] },
};
const shown = {
  id: "aWQ",
  rawId: "aWQ",
  type: "public-key",
  response: { clientDataJSON: "e30", authenticatorData: "AA", signature: "AA", userHandle: "aA" },
};

test("SIN-7 an answer is read as browsers write it, with the ways to the authenticator that are known", () => {
  assert.deepEqual(parseCreated(JSON.stringify(created))?.response.transports, ["hybrid", "usb"]);
  assert.deepEqual(parseShown(JSON.stringify({ ...shown, clientExtensionResults: {} })), shown);
  const { userHandle: _, ...response } = shown.response;
  assert.ok(parseShown(JSON.stringify({ ...shown, response })));
});

for (const [what, broken] of [
  ["no JSON", "{"],
  ["nothing", "null"],
  ["the other kind of answer", JSON.stringify(created)],
  ["two ids", JSON.stringify({ ...shown, rawId: "b3RoZXI" })],
  ["another type", JSON.stringify({ ...shown, type: "password" })],
  ["an id that is no base64url", JSON.stringify({ ...shown, id: "a+/=", rawId: "a+/=" })],
  ["an id that is longer than any", JSON.stringify({ ...shown, id: "a".repeat(1_365), rawId: "a".repeat(1_365) })],
  ["no signature", JSON.stringify({ ...shown, response: { ...shown.response, signature: "" } })],
  [
    "a signature without end",
    JSON.stringify({ ...shown, response: { ...shown.response, signature: "a".repeat(20_000) } }),
  ],
] as const)
  test(`T33 ${what} is no answer`, () => {
    assert.equal(parseShown(broken), null);
  });
