import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRemoval } from "./removal.ts";

const app = { id: "1", method: "totp" };
const key = { id: "2", method: "passkey" };
const second = { id: "3", method: "passkey" };
const word = { id: "4", method: "password" };
const wish = {
  authenticatorId: app.id,
  authenticators: [app, key, word],
  mayRemove: true,
  lettingIn: ["totp", "passkey"],
};

for (const [says, change, expected] of [
  ["USR-6 one of two may go where the organisation lets people", {}, "removable"],
  ["USR-6 by default only support removes", { mayRemove: false }, "by-support"],
  ["USR-6 the last never goes", { authenticators: [app, word] }, "last"],
  [
    "USR-6 one that is forbidden, too weak or out of service does not count as one that is left",
    { lettingIn: ["totp"] },
    "last",
  ],
  ["USR-6 a forbidden one may go while another lets in", { lettingIn: ["passkey"] }, "removable"],
  ["USR-6 two of one method count as two", { authenticatorId: key.id, authenticators: [key, second] }, "removable"],
  ["USR-6 a password is changed, never removed", { authenticatorId: word.id }, "no-such-method"],
  ["USR-6 somebody else's, or none, is none of theirs", { authenticatorId: "9" }, "no-such-method"],
  [
    "USR-6 whoever may not remove is not told what would be the last",
    { mayRemove: false, authenticators: [app] },
    "by-support",
  ],
] as const)
  test(says, () => assert.equal(judgeRemoval({ ...wish, ...change }), expected));
