import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, plus } from "../../../kernel/time.ts";
import { assurance } from "./assurance.ts";

const now = new Date("2026-11-22T09:00:00Z");
const way = { name: "totp", strength: 2, signIn: ["password", "totp"], link: [] } as const;
const amrOf = new Map([
  ["password", ["pwd"]],
  ["totp", ["otp"]],
  ["invitation-pin", ["sms"]],
]);

test("SIN-9 acr, amr and auth_time tell what happened, and the oldest proof's time", () => {
  const proofs = [
    { kind: "password", shownAt: plus(now, -minutes(3)) },
    { kind: "invitation-pin", shownAt: plus(now, -minutes(9)) },
    { kind: "totp", shownAt: now },
  ];
  assert.deepEqual(assurance(way, proofs, amrOf), {
    acr: "aal2",
    amr: ["pwd", "otp", "mfa"],
    authenticatedAt: plus(now, -minutes(3)),
  });
});
