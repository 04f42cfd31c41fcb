import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { minutes, plus } from "../../../kernel/time.ts";
import { formFields, formTokenField, type Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import type { Random } from "../../../ports/random.ts";
import { bankAddresses } from "./addresses.ts";
import { makeClient } from "./client.ts";
import { sealCode } from "./code.ts";
import { makeDocuments } from "./documents.ts";
import type { KeyDeps } from "./keys.ts";
import { type BankView, type Carried, type ChoiceView, meansPage, peoplePage, refusalPage } from "./pages.ts";
import { findMeans, peopleWith } from "./people.ts";
import { makeRedeem } from "./redeem.ts";
import { answerUrl, makeReadRequest, type Refusal, type Wish } from "./request.ts";
import { use } from "./store.ts";

export type BankDeps = KeyDeps & { http: Http; random: Random };

const config = { machine: true };

/** The demo bank's pages and machine interfaces. */
export function bankRoutes(app: FastifyInstance, deps: BankDeps): void {
  const { http, db, clock, keyring } = deps;
  const addresses = bankAddresses(http.publicUrl);
  const client = makeClient({ addresses, clock });
  const readRequest = makeReadRequest({ addresses, client, db, clock });
  const redeem = makeRedeem({ ...deps, addresses, client });
  const documents = makeDocuments({ ...deps, addresses });

  const bankView = (request: FastifyRequest, wish?: Wish): BankView => {
    const language = http.language(request, wish?.languages);
    return { language, t: translator(language), languageLinks: http.languageLinks(request) };
  };
  const choiceView = (request: FastifyRequest, reply: FastifyReply, wish: Wish, carried: Carried): ChoiceView => {
    const token = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    return { ...bankView(request, wish), carried, token: { [formTokenField]: token } };
  };
  const send = (reply: FastifyReply, page: string) => reply.type("text/html; charset=utf-8").send(page);
  const refuse = (request: FastifyRequest, reply: FastifyReply, reason: Refusal) =>
    send(reply.code(400), refusalPage(bankView(request), reason));

  app.get("/demo/bank/authorize", async (request, reply) => {
    const query = new URLSearchParams(request.url.split("?")[1]);
    const carried = { client_id: query.get("client_id") ?? "", request: query.get("request") ?? "" };
    const reading = await readRequest(carried);
    if (reading.result === "refused") return refuse(request, reply, reading.reason);
    if (reading.result === "declined") return reply.redirect(reading.url, 303);
    const { wish } = reading;
    const view = choiceView(request, reply, wish, carried);
    const means = wish.means ?? findMeans(query.get("means") ?? "");
    if (!means) return send(reply, meansPage(view));
    return send(reply, peoplePage(view, { means, service: wish.service, isChosenHere: wish.means === null }));
  });

  app.post("/demo/bank/authorize", async (request, reply) => {
    const { client_id = "", request: asked = "", person: chosen, cancel, ...rest } = formFields(request);
    const reading = await readRequest({ client_id, request: asked });
    if (reading.result === "refused") return refuse(request, reply, reading.reason);
    if (reading.result === "declined") return reply.redirect(reading.url, 303);
    const { wish } = reading;
    const means = wish.means ?? findMeans(rest.means ?? "");
    const person = means && peopleWith(means).find(({ id }) => id === chosen);
    if (cancel === undefined && !person) return http.fail(request, reply, "bad-request");

    const now = clock.now();
    // The request is believed for a little longer than it says, so the mark stays as long.
    const isFirst = await use(db, "request", wish.jti, { until: plus(wish.expiresAt, minutes(2)), now });
    if (!isFirst) return refuse(request, reply, "already-answered");
    if (!person) return reply.redirect(answerUrl(addresses, wish.state, { error: "access_denied" }), 303);
    const ticket = { jti: wish.jti, person: person.id, means: means.id, nonce: wish.nonce, at: now };
    const code = sealCode(keyring, { ...ticket, codeChallenge: wish.codeChallenge });
    return reply.redirect(answerUrl(addresses, wish.state, { code }), 303);
  });

  app.post("/demo/bank/token", { config }, async (request, reply) => {
    const result = await redeem(formFields(request));
    if (!("error" in result)) return result;
    return reply.code(result.error === "invalid_client" ? 401 : 400).send(result);
  });

  app.get("/demo/bank/jwks.jwt", { config }, async (_request, reply) =>
    reply.type("application/jwk-set+jwt").send(await documents.signedKeys()),
  );
  app.get("/demo/bank/.well-known/openid-configuration", { config }, async () => documents.discovery());
  app.get("/demo/bank/.well-known/openid-federation", { config }, async (_request, reply) =>
    reply.type("application/entity-statement+jwt").send(await documents.entityStatement()),
  );
}
