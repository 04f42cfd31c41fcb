import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formField, type Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import type { Answer } from "../../../ports/identity-broker.ts";
import type { Audit } from "../../audit/index.ts";
import { type Arrival, drawOwnPage } from "../../journey/index.ts";
import { makeArrive } from "./arrive.ts";
import { type EidDeps, postedBy, stateHash } from "./eid-deps.ts";
import { otherBrowserPage } from "./pages.ts";
import type { Prover } from "./prover.ts";
import { keepPosted } from "./request-store.ts";
import { makeSeals } from "./seals.ts";

export type EidRouteDeps = EidDeps &
  Readonly<{
    http: Http;
    audit: Audit;
    /** Who asks for proofs besides the method itself. */
    provers: readonly Prover[];
    arrive(
      request: FastifyRequest,
      reply: FastifyReply,
      arrival: Pick<Arrival, "id" | "kind" | "attempt">,
    ): Promise<FastifyReply>;
  }>;

type Named = { Params: { broker: string } };

const stateForm = /^[\w-]{43}$/;

/** A signed and encrypted assertion is some twenty kilobytes. */
const largestForm = 400 * 1024;

/** Where brokers send browsers back: `/eid/<broker>/callback`, and by a posted form `/eid/<broker>/acs`. */
export function eidRoutes(app: FastifyInstance, deps: EidRouteDeps): void {
  const { db, http, clock, keyring, audit, brokers } = deps;
  const arrive = makeArrive(deps);
  const seals = makeSeals(keyring);

  app.get<Named>("/eid/:broker/callback", async (request, reply) => {
    if (!brokers.find(request.params.broker)) return reply.redirect("/sign-in", 303);
    const origin = http.origin(request, reply);
    const coming = {
      broker: request.params.broker,
      answer: answerOf(request.query),
      browserHash: origin.browserHash,
      language: http.language(request),
    };
    const came = await arrive(coming);
    if (came.to === "judge") return deps.arrive(request, reply, came);
    if (came.to === "journey") return reply.redirect(`/journey/${came.id}`, 303);
    if (came.to === "other-browser")
      return drawOwnPage(http, request, reply, null, otherBrowserPage(translator(coming.language)));
    if (came.foreign)
      await db.transaction().execute((tx) =>
        audit.record(tx, [
          {
            type: "eid.refused",
            result: "refused",
            actor: "stranger",
            organisationId: null,
            network: origin.network,
            reference: origin.reference,
            detail: { broker: coming.broker, reason: "another-browser" },
          },
        ]),
      );
    return reply.redirect("/sign-in?again=yes", 303);
  });

  // It comes from the broker's page, so without our cookies: kept for the browser, which fetches the page behind it.
  const acs = { bodyLimit: largestForm, config: { machine: true }, errorHandler: toSignIn };
  app.post<Named>("/eid/:broker/acs", acs, async (request, reply) => {
    const state = formField(request, "RelayState") ?? "";
    const response = formField(request, "SAMLResponse");
    const { broker } = request.params;
    if (!stateForm.test(state) || !response || !brokers.find(broker)) return reply.redirect("/sign-in", 303);
    const hash = stateHash(deps, state);
    await keepPosted(db, { stateHash: hash, broker, posted: seals.seal("posted", hash, response) }, clock.now());
    const query = new URLSearchParams({ state, posted: postedBy(deps, response) });
    return reply.redirect(`/eid/${broker}/callback?${query}`, 303);
  });
}

/** The form is posted by somebody's browser: whatever is wrong with it, or with us, they see a page and no JSON. */
function toSignIn(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if ((error.statusCode ?? 500) >= 500) request.log.error({ err: error }, "a broker's answer could not be kept");
  return reply.redirect("/sign-in", 303);
}

/** Each parameter that was sent once. */
function answerOf(query: unknown): Answer {
  const entries = typeof query === "object" && query !== null ? Object.entries(query) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
