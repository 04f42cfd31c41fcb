import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Request, type Response } from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

export type ScimUser = { id: string; meta: { created: Date; lastModified: Date } } & Record<string, unknown>;

/** What the service does instead of, or after, what it was asked. */
type Answer = { status: number; headers?: Record<string, string>; body?: object | string };
export type ScimFault = (Answer & { after?: boolean; times?: number }) | { hangUp: "before" | "after"; times?: number };

/** An extension of this service's own: when its people last had their second factors taken, and which these are. */
export const factorsUrn = "urn:ietf:params:scim:schemas:extension:factors:2.0:User";

const { Attribute, SchemaDefinition } = SCIMMY.Types;
const factors = new SchemaDefinition("Factors", factorsUrn, "Second factors", [
  new Attribute("string", "resetAt"),
  new Attribute("string", "seeds", { multiValued: true }),
]);
let declared = false;

/**
 * A SCIM 2.0 service that nobody here wrote (SCIMMY), on a port of its own, with faults on order in front of it. There is one at
 * a time in a process, since SCIMMY is one.
 */
export async function startScimService({ token = "scim-token" } = {}) {
  const users = new Map<string, ScimUser>();
  const requests: { method: string; path: string; query: Record<string, unknown>; body: unknown }[] = [];
  const faults: { on: string; fault: ScimFault }[] = [];
  let clock = () => new Date();
  let wantsVersions = false;
  declare(users, () => clock());

  const app = express();
  app.set("query parser", parseQuery);
  app.use("/scim/v2", (request, response, next) => {
    requests.push({ method: request.method, path: request.path, query: { ...request.query }, body: undefined });
    const fault = takeFault(faults, `${request.method} ${request.path}`);
    if (!fault) return next();
    if ("hangUp" in fault && fault.hangUp === "before") return void request.socket.resetAndDestroy();
    if ("status" in fault && !fault.after) return answer(response, fault);
    replaceAnswer(request, response, fault);
    next();
  });
  app.use("/scim/v2", (request, response, next) => {
    if (!wantsVersions) return next();
    if (request.path === "/ServiceProviderConfig")
      return answer(response, { status: 200, body: { etag: { supported: true }, patch: { supported: true } } });
    const user = users.get(request.path.replace(/^\/Users\//u, ""));
    const isStale = user && request.method !== "GET" && request.header("if-match") !== versionOf(user);
    return isStale ? answer(response, { status: request.header("if-match") ? 412 : 428 }) : next();
  });
  app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler: (request) => authorise(request, token) }));
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP listener has one

  return {
    baseUrl: `http://127.0.0.1:${port}/scim/v2`,
    token,
    users,
    requests,
    /** What was asked for since the last time, such as `PATCH /Users`. */
    asked: () => requests.splice(0).map(({ method, path }) => `${method} ${path.replace(/^(\/Users)\/.*/u, "$1/…")}`),
    add: (user: Record<string, unknown>, lastModified = clock()): ScimUser => {
      const id = randomUUID();
      const added = { active: true, ...user, id, meta: { created: lastModified, lastModified } };
      users.set(id, added);
      return added;
    },
    /** `on` is a method and the beginning of a path, such as `POST /Users`. */
    fail: (on: string, fault: ScimFault) => void faults.push({ on, fault }),
    /** Whether it knows versions (ETag), and takes no change without the present one from now on. */
    wantVersions: (wants: boolean) => {
      wantsVersions = wants;
    },
    setClock: (next: () => Date) => {
      clock = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export type ScimService = Awaited<ReturnType<typeof startScimService>>;

/** SCIMMY's routers write numbers into a query that Express 5 parses anew each time. */
const parseQuery = (query: string | null) =>
  Object.fromEntries(
    Array.from(new URLSearchParams(query ?? ""), ([name, value]) => [
      name,
      /^\d+$/u.test(value) ? Number(value) : value,
    ]),
  );

const text = (value: unknown) => String(value ?? "").toLowerCase();

/** RFC 7644 §3.14 */
const versionOf = ({ meta }: ScimUser): string => `W/"${meta.lastModified.getTime()}"`;

let store: Map<string, ScimUser>;
let now: () => Date;

function declare(users: Map<string, ScimUser>, clock: () => Date) {
  store = users;
  now = clock;
  if (declared) return;
  declared = true;
  SCIMMY.Schemas.User.definition.extend(factors);
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .extend(SCIMMY.Schemas.EnterpriseUser)
    .ingress((resource, data) => {
      const id = resource.id ?? randomUUID();
      const wanted = JSON.parse(JSON.stringify(data));
      const before = store.get(id);
      if (resource.id && !before) throw new Error("no such user");
      for (const other of store.values())
        if (other.id !== id && (text(other.userName) === text(wanted.userName) || isSameExternal(other, wanted)))
          throw new SCIMMY.Types.Error(409, "uniqueness", `${wanted.userName} is there already`);
      const created = before?.meta.created ?? now();
      const next = { ...wanted, id, meta: { created, lastModified: now() } };
      store.set(id, next);
      return next;
    })
    .egress((resource) => {
      const found = resource.id ? [store.get(resource.id)] : [...store.values()];
      const there = found
        .filter((user) => user !== undefined)
        .map((user) => ({ ...user, meta: { ...user.meta, version: versionOf(user) } }));
      if (resource.id && there.length === 0) throw new Error("no such user");
      return resource.filter ? resource.filter.match(there) : there;
    })
    .degress((resource) => {
      if (!store.delete(resource.id ?? "")) throw new Error("no such user");
    });
}

const isSameExternal = (one: Record<string, unknown>, other: Record<string, unknown>) =>
  other.externalId !== undefined && one.externalId === other.externalId;

function authorise(request: Request, token: string): string {
  if (request.header("authorization") !== `Bearer ${token}`) throw new Error("not this token");
  return "";
}

function takeFault(faults: { on: string; fault: ScimFault }[], asked: string): ScimFault | undefined {
  const index = faults.findIndex(({ on }) => asked.startsWith(on));
  const { fault } = faults[index] ?? {};
  if (!fault) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times <= 0) faults.splice(index, 1);
  return fault;
}

function answer(response: Response, { status, headers = {}, body = "" }: Answer) {
  response
    .writeHead(status, { "content-type": "application/scim+json", ...headers })
    .end(typeof body === "string" ? body : JSON.stringify(body));
}

/** What was asked is done; whoever asked hears something else. */
function replaceAnswer(request: Request, response: Response, fault: ScimFault) {
  response.send = () => {
    if ("status" in fault) response.writeHead(fault.status, fault.headers).end();
    else request.socket.resetAndDestroy();
    return response;
  };
  response.end = new Proxy(response.end, {
    apply: (end, self, args) => {
      if ("hangUp" in fault) return void request.socket.resetAndDestroy();
      return Reflect.apply(end, self, args);
    },
  });
}
