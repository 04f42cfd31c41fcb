import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type Provider from "oidc-provider";
import { networkOf } from "../../kernel/network.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import { browserHash } from "../../platform/http/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Clients } from "./clients.ts";
import type { CodeMemory } from "./code-memory.ts";
import type { Document } from "./discovery.ts";
import { asPublic, paths } from "./engine.ts";
import type { EngineTime } from "./engine-time.ts";
import { makeFrameOf, sendPage, wayBack } from "./frame.ts";
import { type InteractionCookie, parseInteraction, type StoredInteraction } from "./interaction-cookie.ts";
import { problemPage } from "./pages.ts";
import { resume } from "./resume.ts";
import type { SignIn } from "./sign-in.ts";
import { hashOf } from "./token-store.ts";
import { type Edge, makeUnitOfWork, type Reads, runWork, type StillLetsIn, type UnitOfWork } from "./unit-of-work.ts";

export type RouteDeps = {
  db: Db;
  clock: Clock;
  http: Http;
  callback(): ReturnType<Provider["callback"]>;
  documents(): { discovery: Document; keys: Document };
  clients: Clients;
  codes: CodeMemory;
  reads: Reads;
  stillLetsIn: StillLetsIn;
  interactions: InteractionCookie;
  signIn: SignIn;
  time: EngineTime;
};

type Query = Record<string, unknown>;

/** The engine's endpoints at the issuer's root, each request on a unit of work of its own. */
export function engineRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const { http, clients, interactions } = deps;
  const frameOf = makeFrameOf(deps);
  const issuer = new URL(http.publicUrl);

  const edgeOf = (request: FastifyRequest, reply: FastifyReply): Edge => ({
    browserHash: () => browserHash(http.cookies.browser(request.raw, reply.raw)),
    page: async (problem, clientId) => {
      const application = clientId === null ? null : ((await clients.find(clientId))?.application ?? null);
      const frame = await frameOf(request, application);
      return problemPage(frame, problem, { reference: request.id, at: deps.clock.now() });
    },
    network: networkOf(request.ip),
    reference: request.id,
  });
  const begin = (request: FastifyRequest, reply: FastifyReply, clientId: string | null): UnitOfWork =>
    makeUnitOfWork(deps, edgeOf(request, reply), clientId);
  const run = async (work: UnitOfWork, request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    await runWork(work, () => deps.callback()(asPublic(request.raw, issuer), reply.raw));
  };
  const engine = async (request: FastifyRequest, reply: FastifyReply) => {
    await run(begin(request, reply, textIn(request.query, "client_id")), request, reply);
  };

  const machine = { config: { machine: true } };
  for (const path of [paths.token, paths.introspection, paths.revocation, paths.pushed_authorization_request])
    app.route({ method: ["POST", "OPTIONS"], url: path, ...machine, handler: engine });
  app.route({ method: ["GET", "POST", "OPTIONS"], url: paths.userinfo, ...machine, handler: engine });
  app.get(paths.authorization, engine);
  app.get<{ Params: { uid: string } }>(`${paths.authorization}/:uid`, async (request, reply) => {
    const { uid } = request.params;
    const read = interactions.read(request.raw, uid);
    const interaction =
      read.state === "stored" ? await loadStored(uid) : read.state === "waiting" ? read.interaction : null;
    if (!interaction) return leadOn(request, reply, read.state === "done" ? read.clientId : null);
    const clientId = textIn(interaction.params, "client_id");
    if (interaction.expiresAt <= deps.clock.now()) return leadOn(request, reply, clientId);
    const work = begin(request, reply, clientId);
    const returnTo = `${http.publicUrl}${paths.authorization}/${uid}`;
    const cookie = http.cookies.read(request.raw, "session");
    const next = await resume(deps, work, { uid, returnTo, interaction, cookie });
    if (next.go === "journey") return reply.redirect(next.url, 303);
    work.resumed = next.interaction;
    await run(work, request, reply);
  });

  async function loadStored(uid: string): Promise<StoredInteraction | null> {
    const row = await deps.reads.token({ idHash: hashOf(uid), kind: "Interaction", now: deps.clock.now() });
    return row && parseInteraction(row.token.payload);
  }

  /** SIN-8: an old address of a sign-in leads back to its application, or to a page with a way on. */
  async function leadOn(request: FastifyRequest, reply: FastifyReply, clientId: string | null) {
    const application = clientId === null ? null : ((await clients.find(clientId))?.application ?? null);
    const back = application && wayBack(application.settings);
    if (back) return reply.redirect(back, 303);
    const frame = await frameOf(request, application);
    const page = problemPage(frame, "sign-in-over", { reference: request.id, at: deps.clock.now() });
    return sendPage(reply.code(410), page);
  }
}

/** What needs neither the engine nor the database. */
export function documentRoutes(app: FastifyInstance, { documents, http }: RouteDeps): void {
  const serve = (path: string, choose: (all: ReturnType<typeof documents>) => Document) =>
    app.get(path, { config: { machine: true } }, (request, reply) => {
      const { body, etag } = choose(documents());
      reply
        .header("etag", etag)
        .header("cache-control", "public, max-age=300")
        .header("access-control-allow-origin", "*");
      reply.header("cross-origin-resource-policy", "cross-origin");
      if (request.headers["if-none-match"] === etag) return reply.code(304).send();
      return reply.type("application/json; charset=utf-8").send(body);
    });
  serve("/.well-known/openid-configuration", ({ discovery }) => discovery);
  serve("/.well-known/oauth-authorization-server", ({ discovery }) => discovery);
  serve(paths.jwks, ({ keys }) => keys);

  // A form that another site posts comes without our cookies; a page that is opened by a link comes with them.
  app.post(paths.authorization, { config: { machine: true } }, (request, reply) =>
    reply.redirect(`${http.publicUrl}${paths.authorization}?${new URLSearchParams(fieldsOf(request.body))}`, 303),
  );
}

function fieldsOf(body: unknown): [string, string][] {
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  return entries.flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((each) => typeof each === "string")
      .map((each): [string, string] => [name, each]),
  );
}

/** A parameter that was given once. */
function textIn(from: unknown, name: string): string | null {
  const value = typeof from === "object" && from !== null ? (from as Query)[name] : undefined; // just checked
  return typeof value === "string" ? value : null;
}
