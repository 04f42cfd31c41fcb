import type { FastifyInstance, FastifyReply } from "fastify";
import { networkOf } from "../../../kernel/network.ts";
import type { Http } from "../../../platform/http/index.ts";
import { type LogoutDeps, makeEndByBroker, makeReturn } from "./logout.ts";

export type LogoutRouteDeps = LogoutDeps & Readonly<{ http: Http }>;

type Named = { Params: { broker: string } };

/** Single logout with brokers, by HTTP-Redirect (SAML Bindings §3.4): `/eid/<broker>/logout`, and what we are to them. */
export function logoutRoutes(app: FastifyInstance, deps: LogoutRouteDeps): void {
  const { http, clock, brokers } = deps;
  const comeBack = makeReturn(deps);
  const endByBroker = makeEndByBroker(deps);
  const config = { machine: true };

  app.get<Named>("/eid/:broker/logout", { config }, async (request, reply) => {
    const { broker } = request.params;
    // As it came: it is what the signature is over.
    const query = request.url.split("?").slice(1).join("?");
    const parameters = new URLSearchParams(query);
    if (parameters.has("SAMLResponse") && !parameters.has("SAMLRequest")) {
      const origin = http.origin(request, reply);
      const coming = { broker, query, state: parameters.get("RelayState") ?? "", browserHash: origin.browserHash };
      return reply.redirect((await comeBack(coming, origin)) ?? "/signed-out", 303);
    }
    const logout = brokers.find(broker)?.connection.logout;
    if (!logout) return http.fail(request, reply, "not-found");
    if (!parameters.has("SAMLRequest")) return http.fail(request, reply, "bad-request");
    letBeFramed(reply);
    const from = { network: networkOf(request.ip), reference: request.id };
    const answer = await endByBroker(broker, logout, query, from);
    return answer === null ? http.fail(request, reply, "bad-request") : reply.redirect(answer, 302);
  });

  app.get<Named>("/eid/:broker/metadata", { config }, async (request, reply) => {
    const metadata = await brokers.find(request.params.broker)?.connection.metadata?.(clock.now());
    if (metadata === undefined) return http.fail(request, reply, "not-found");
    return reply.type("application/samlmetadata+xml").header("cache-control", "public, max-age=3600").send(metadata);
  });
}

/** The broker's page asks in a frame of its own, without our cookies; what it is answered shows nothing. */
function letBeFramed(reply: FastifyReply): void {
  reply.raw.removeHeader("x-frame-options");
  reply.raw.setHeader("content-security-policy", "default-src 'none'; form-action 'none'; base-uri 'none'");
}
