import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, machineClock } from "../../../src/ports/clock.ts";
import { phoneIds } from "./methods.ts";
import { answerCall, userOf } from "./routes.ts";
import { makeThrottle } from "./throttle.ts";
import { makeTokenEndpoint } from "./token-endpoint.ts";
import { fail, takeTrouble } from "./troubles.ts";
import type { Answer, Behaviour, Entry, GraphUser, StoredMethod, World } from "./world.ts";

export const usualPermissions = ["UserAuthenticationMethod.ReadWrite.All", "User.Read.All", "User.RevokeSessions.All"];

type Options = Readonly<{ certificate: string; clock?: Clock; permissions?: readonly string[] }>;

/**
 * Entra ID's token endpoint and the part of Graph that we use, on loopback, for one tenant and one application. It refuses
 * what they refuse; `behaviour` makes it worse. `log` has every call, `violations` those who didn't wait as they were told.
 */
export async function startGraph({ certificate, clock = machineClock, permissions = usualPermissions }: Options) {
  let url = "";
  const behaviour: Behaviour = {
    throttle: null,
    lag: 0,
    pageSize: 100,
    nextLinkTo: null,
    tellsCreation: true,
    defaultWords: 0,
    allowsPasses: true,
    troubles: [],
  };
  const world: World = {
    clock,
    url: () => url,
    tenantId: randomUUID(),
    clientId: randomUUID(),
    certificate,
    permissions: new Set(permissions),
    users: [],
    behaviour,
  };
  const tokens = makeTokenEndpoint(world);
  const throttle = makeThrottle(world);
  const log: Entry[] = [];

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP listener has one

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? "/", url);
    const method = request.method ?? "";
    const text = await textOf(request);
    response.setHeader("date", clock.now().toUTCString());
    const isToken = at.pathname === `/${world.tenantId}/oauth2/v2.0/token`;
    const [, version = "", path = ""] = /^\/(v1\.0|beta)(\/.*)$/u.exec(at.pathname) ?? [];
    const note = (status: number) =>
      log.push({ at: clock.now(), method, path: isToken ? "/token" : path || at.pathname, user: userOf(path), status });
    const key = userOf(path) ?? at.search;
    if (version) throttle.watch(key, `${method} ${path}`);
    const trouble = takeTrouble(behaviour.troubles, `${method} ${isToken ? "/token" : path}`);
    if (typeof trouble === "string") {
      note(0);
      return fail(trouble, response, `${url}/elsewhere`);
    }
    const ask = async (): Promise<Answer> => {
      if (isToken) return tokens.grant(new URLSearchParams(text));
      if (!version) return { status: 404 };
      const refused = throttle.refuse();
      if (refused) return refused;
      const granted = await tokens.read(request.headers.authorization);
      if (!granted) return { status: 401, body: { error: { code: "InvalidAuthenticationToken", message: "expired" } } };
      const eventual = request.headers.consistencylevel === "eventual";
      const body: unknown = text ? JSON.parse(text) : undefined;
      return answerCall({ method, version, path, query: at.searchParams, eventual, body }, world, granted);
    };
    const answer: Answer = trouble && !trouble.after ? trouble : await ask();
    const { status, body, retryAfter }: Answer = trouble ?? answer;
    note(status);
    if (retryAfter !== undefined) {
      throttle.tell(key, retryAfter);
      response.setHeader("retry-after", String(retryAfter / 1000));
    }
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  return {
    url,
    behaviour,
    log,
    violations: throttle.violations,
    permissions: world.permissions,
    users: world.users,
    /** What an operator of ours configures; `more` lies over it. */
    settings: { tenantId: world.tenantId, clientId: world.clientId, certificate, loginUrl: url, graphUrl: url },
    addUser(given: Partial<GraphUser> & Pick<GraphUser, "userPrincipalName">): GraphUser {
      const user: GraphUser = {
        id: randomUUID(),
        mail: null,
        employeeId: null,
        extensionAttribute1: null,
        userType: "Member",
        accountEnabled: true,
        roles: [],
        eligible: [],
        groups: [],
        methods: [],
        removed: [],
        defaultMethodId: null,
        sessionsEndedAt: [],
        isProtected: false,
        ...given,
      };
      world.users.push(user);
      return user;
    },
    /** The person links a method, now. Phones and e-mail addresses have ids of their own, the same for ever. */
    link(user: GraphUser, type: string, more: Partial<StoredMethod> = {}): StoredMethod {
      const method = { type, id: randomUUID(), createdAt: clock.now(), ...more };
      user.methods.push(method);
      return method;
    },
    linkPhone(user: GraphUser, type: keyof typeof phoneIds, phoneNumber: string): StoredMethod {
      const method = { type: "phone", id: phoneIds[type], createdAt: clock.now(), phoneNumber };
      user.methods = [...user.methods.filter(({ id }) => id !== method.id), method];
      return method;
    },
    expireTokens: tokens.expire,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
export type GraphDouble = Awaited<ReturnType<typeof startGraph>>;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
