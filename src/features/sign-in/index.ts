import type { FastifyInstance } from "fastify";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AuditEvent } from "../audit/index.ts";
import type { Beginning, Journey, Purpose } from "../journey/index.ts";
import { homeOf } from "../organisations/index.ts";
import { makeBeginSignIn } from "./begin-sign-in.ts";
import { signInRoutes } from "./routes.ts";

export type { BeginSignIn } from "./begin-sign-in.ts";

/**
 * Signing in: to an application, or to one's own page. A half-way activation goes on from the right password and ends
 * here (ACT-6): `completeActivation` is what ends it.
 */
export const signInPurpose = (
  completeActivation: (tx: Tx, journey: Journey, now: Date) => Promise<readonly AuditEvent[]>,
): Purpose => ({
  name: "sign-in",
  signsIn: true,
  finish: async (tx, journey, now) =>
    journey.account?.state === "activating" ? completeActivation(tx, journey, now) : [],
  destination: ({ returnTo, account, organisation }) => returnTo ?? homeOf(account, organisation)?.url ?? "/account",
});

export function signIn(deps: {
  db: Db;
  clock: Clock;
  http: Http;
  begin(tx: Tx | Db, beginning: Beginning): Promise<string>;
  /** Where the service's bare address leads. */
  start: string;
}) {
  return {
    beginSignIn: makeBeginSignIn(deps),
    routes: (app: FastifyInstance) => signInRoutes(app, deps),
  };
}
