import { parse } from "node:querystring";
import formbody from "@fastify/formbody";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { isLanguage, type Language, languages } from "../../kernel/language.ts";
import type { Origin } from "../../kernel/origin.ts";
import { days } from "../../kernel/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { safePath } from "../log/index.ts";
import type { Failure, PageOrganisation, SupportContact } from "../pages/index.ts";
import { errorPage } from "../pages/index.ts";
import type { Keyring } from "../seal/index.ts";
import { type Cookies, makeCookies } from "./cookies.ts";
import { faultKind } from "./faults.ts";
import { type FormGuard, makeFormGuard } from "./forms.ts";
import { makeSecurityHeaders } from "./headers.ts";
import { closeIdleOnes } from "./idle-connections.ts";
import { originOf } from "./origin.ts";
import { makeReference } from "./reference.ts";

export type HttpOptions = {
  publicUrl: string;
  demo: boolean;
  trustedProxies: readonly string[];
  /** Certificate chain and key, PEM; null: plain HTTP. */
  tls: { cert: string; key: string } | null;
  keyring: Keyring;
  random: Random;
  clock: Clock;
  log: FastifyBaseLogger;
};

/** What a failure's page knows besides: whose page it was, and where the person was going. */
export type FailureContext = {
  organisation?: PageOrganisation | null;
  contacts?: readonly SupportContact[];
  application?: { name: string; url?: string };
  wayOn?: { href: string; label: string };
};

/** What routes need of HTTP besides Fastify. */
export type Http = {
  app: FastifyInstance;
  cookies: Cookies;
  forms: FormGuard;
  publicUrl: string;
  demo: boolean;
  /** The language of a page: what the person chose, else `hints` (the account's), else the browser's, else `fallback`. */
  language(request: FastifyRequest, hints?: readonly string[], allowed?: readonly Language[]): Language;
  /** Addresses of this very page in each language. */
  languageLinks(request: FastifyRequest): Record<Language, string>;
  /** Where the request comes from. The browser gets its cookie if it has none. */
  origin(request: FastifyRequest, reply: FastifyReply): Origin;
  /** Answers with the page of a failure. */
  fail(request: FastifyRequest, reply: FastifyReply, failure: Failure, context?: FailureContext): FastifyReply;
};

const statusOf = {
  fault: 500,
  "not-found": 404,
  "page-expired": 410,
  "too-many-requests": 429,
  "bad-request": 400,
  "method-not-allowed": 405,
  "cookies-needed": 400,
  forbidden: 403,
  busy: 503,
  unavailable: 503,
} as const satisfies Record<Failure, number>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** A route for programs: it takes posts without a form token, and answers errors without a page. */
    machine?: boolean;
    /** Its answer goes on for as long as somebody reads it, so that its length says nothing about the service. */
    isStream?: boolean;
  }
}

/** The HTTP server, with everything that no feature should have to think of. `routes` are added by the caller. */
export function makeHttp(options: HttpOptions): Http {
  const { publicUrl, demo, clock, random } = options;
  const secure = publicUrl.startsWith("https:");
  const tls = options.tls ? { https: options.tls } : {};
  const setSecurityHeaders = makeSecurityHeaders({ demo, secure });
  const app = fastify({
    ...tls,
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "reference" }),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: () => makeReference(random),
    bodyLimit: 65_536,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    // While it stops, who still has a connection gets an answer, and is told to come back by another one (OPS-4).
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    // Before any route and hook: an address that can't be read, or whose token is longer than any.
    frameworkErrors: (error: Error & { code?: string }, request: FastifyRequest, reply: FastifyReply) => {
      setSecurityHeaders(reply.raw);
      fail(request, reply, error.code === "FST_ERR_MAX_PARAM_LENGTH" ? "not-found" : "bad-request");
    },
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance; // one type for both kinds of listener
  const cookies = makeCookies({ secure, random });
  const forms = makeFormGuard({ keyring: options.keyring, origin: publicUrl });

  const language: Http["language"] = (request, hints = [], allowed = languages) =>
    chooseLanguage({
      query: queryLanguage(request),
      cookie: cookies.read(request.raw, "language") ?? undefined,
      hints,
      acceptLanguage: request.headers["accept-language"],
      allowed,
      fallback: allowed[0] ?? "en",
    });
  const languageLinks: Http["languageLinks"] = (request) => {
    const link = (to: Language) => {
      // Put behind a host and not resolved against one: `//evil.example` and `/.//evil.example` stay paths of ours.
      const given = request.method === "GET" ? request.url : pathOf(request);
      const url = new URL(`http://here${given.startsWith("/") ? given : "/"}`);
      url.searchParams.set("lang", to);
      return url.pathname.replace(/^\/+/, "/") + url.search;
    };
    return { fi: link("fi"), sv: link("sv"), en: link("en") };
  };
  const fail: Http["fail"] = (request, reply, failure, context = {}) => {
    reply.code(statusOf[failure]);
    if (failure === "busy" || failure === "unavailable") reply.header("retry-after", "30");
    if (request.routeOptions.config?.machine)
      return reply.send({ error: failure.replaceAll("-", "_"), reference: request.id });
    const page = errorPage({
      language: language(request),
      languageLinks: languageLinks(request),
      organisation: context.organisation ?? null,
      demo,
      failure,
      reference: request.id,
      at: clock.now(),
      contacts: context.contacts ?? [],
      application: context.application,
      wayOn: context.wayOn,
    });
    return reply.type("text/html; charset=utf-8").send(page);
  };

  closeIdleOnes(app);
  // On the raw answer, so that the OpenID provider's own answers carry them too.
  app.addHook("onRequest", async (request, reply) => {
    setSecurityHeaders(reply.raw);
    // No text of anybody's has one, and PostgreSQL takes none: whoever sends it gets no page of a fault of ours.
    if (/\?.*%00/.test(request.url)) return fail(request, reply, "bad-request");
  });
  app.register(formbody, { parser: (text) => ({ ...parse(text, undefined, undefined, { maxKeys: 100 }) }) });
  app.addHook("onRequest", async (request, reply) => {
    const chosen = queryLanguage(request);
    if (chosen) cookies.write(reply.raw, "language", chosen, { maxAge: days(365) });
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, url, log } = request;
    const milliseconds = Math.round(reply.elapsedTime);
    log.info({ method, path: safePath(url), status: reply.statusCode, milliseconds }, "request");
  });
  app.addHook("preHandler", async (request, reply) => {
    if (["GET", "HEAD", "OPTIONS"].includes(request.method) || request.routeOptions.config?.machine) return;
    if (request.is404) return;
    const verdict = forms.isOwn(request, cookies.read(request.raw, "browser"));
    if (verdict === "no-cookie") return fail(request, reply, "cookies-needed");
    if (verdict === "foreign") return fail(request, reply, "page-expired");
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = app.findRoute({ method: "POST", url: pathOf(request) }) !== null && request.method === "GET";
    return fail(request, reply, allowed ? "method-not-allowed" : "not-found");
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const failure = faultKind(error);
    if (failure === "fault" || failure === "unavailable") request.log.error({ err: error }, "request failed");
    return fail(request, reply, failure);
  });

  return {
    app,
    cookies,
    forms,
    publicUrl,
    demo,
    language,
    languageLinks,
    origin: (request, reply) => originOf(cookies, request, reply),
    fail,
  };
}

const pathOf = (request: FastifyRequest): string => request.url.split("?")[0] ?? "/";

function queryLanguage(request: FastifyRequest): Language | undefined {
  const query: unknown = request.query;
  const given = typeof query === "object" && query !== null && "lang" in query ? query.lang : undefined;
  return isLanguage(given) ? given : undefined;
}
