import type { FastifyInstance } from "fastify";
import type { SignIn, SignInRequest, SignInResult } from "../../src/features/applications/index.ts";
import { makeSessionId, startSession } from "../../src/features/sessions/index.ts";
import { hours, plus } from "../../src/kernel/time.ts";
import type { Db } from "../../src/platform/database/index.ts";
import { browserHash, type Http } from "../../src/platform/http/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { type Random, systemRandom } from "../../src/ports/random.ts";

type Kept = SignInRequest & { result: SignInResult };

/**
 * Stands in for journeys: `/journey/<id>?as=<account>&acr=aal2` signs that account in at once, `?end=unmet` or
 * `?end=cancelled` ends it otherwise, and without either it says what was asked.
 */
export function fakeSignIn({ db, clock, random = systemRandom }: { db: Db; clock: Clock; random?: Random }) {
  const journeys = new Map<string, Kept>();
  const signIn: SignIn = {
    async begin(request) {
      const journeyId = random.id();
      journeys.set(journeyId, { ...request, result: { state: "open" } });
      return { journeyId, url: `/journey/${journeyId}` };
    },
    async result(id, hash) {
      const journey = journeys.get(id);
      return journey?.browserHash.equals(hash) ? journey.result : { state: "expired" };
    },
  };

  const routes = (app: FastifyInstance, http: Http) =>
    app.get<{ Params: { id: string }; Querystring: { as?: string; acr?: string; end?: "unmet" | "cancelled" } }>(
      "/journey/:id",
      async (request, reply) => {
        const journey = journeys.get(request.params.id);
        const browser = http.cookies.browser(request.raw, reply.raw);
        if (!journey?.browserHash.equals(browserHash(browser))) return reply.code(404).send("no journey");
        const { as: accountId, acr = "aal2", end } = request.query;
        if (end) {
          journey.result = { state: end };
          return reply.redirect(journey.returnTo, 303);
        }
        if (!accountId) return reply.send(journey);
        const now = clock.now();
        const id = makeSessionId(random);
        const amr = acr === "aal1" ? ["pwd"] : ["pwd", "otp", "mfa"];
        await db.transaction().execute(async (tx) => {
          const account = await tx
            .selectFrom("account")
            .select("epoch")
            .where("id", "=", accountId)
            .executeTakeFirstOrThrow();
          await startSession(
            tx,
            {
              id,
              uid: random.id(),
              accountId,
              accountEpoch: account.epoch,
              proofs: [{ kind: "password", authenticatorId: null, shownAt: now }],
              acr,
              amr,
              authenticatedAt: now,
              expiresAt: plus(now, hours(24)),
              idleSeconds: 3600,
              endsWithBrowser: false,
              browser: "test",
              network: "127.0.0.1",
            },
            http.cookies.read(request.raw, "session"),
            now,
          );
        });
        journey.result = { state: "done", accountId, acr, amr, authenticatedAt: now };
        http.cookies.write(reply.raw, "session", id);
        return reply.redirect(journey.returnTo, 303);
      },
    );
  return { signIn, routes, journeys };
}
