import { deleteMethod, issuePass, listMethods } from "./methods.ts";
import { changeUser, findUser, listAssignments, listGroups, listRoles, searchUsers, showUser } from "./people.ts";
import { type Answer, type GraphUser, problem, type World } from "./world.ts";

export type Call = Readonly<{
  method: string;
  version: string;
  path: string;
  query: URLSearchParams;
  eventual: boolean;
  body: unknown;
}>;

const readers = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const methodsWriter = ["UserAuthenticationMethod.ReadWrite.All"];
const roleReaders = ["RoleManagement.Read.Directory", "RoleManagement.Read.All"];

type Route = Readonly<{
  on: RegExp;
  permissions: readonly string[];
  answer(call: Call, world: World, user: GraphUser | undefined, parts: readonly string[]): Answer;
}>;

/** The part of Graph that we use, by `METHOD /path`; the first group is the user. */
const routes: readonly Route[] = [
  {
    on: /^GET \/users$/u,
    permissions: readers,
    answer: ({ query, eventual }, world) => searchUsers(world, query, eventual),
  },
  { on: /^GET \/users\/([^/]+)$/u, permissions: readers, answer: (_call, _world, user) => showUser(user) },
  {
    on: /^PATCH \/users\/([^/]+)$/u,
    permissions: ["User.EnableDisableAccount.All", "User.ReadWrite.All"],
    answer: ({ body }, _world, user) => changeUser(user, body),
  },
  {
    on: /^GET \/users\/([^/]+)\/transitiveMemberOf\/microsoft\.graph\.directoryRole$/u,
    permissions: readers,
    answer: ({ query, eventual }, _world, user) => listRoles(user, query, eventual),
  },
  {
    on: /^GET \/users\/([^/]+)\/transitiveMemberOf\/microsoft\.graph\.group$/u,
    permissions: ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"],
    answer: ({ query, eventual }, _world, user) => listGroups(user, query, eventual),
  },
  {
    on: /^GET \/roleManagement\/directory\/roleAssignments$/u,
    permissions: roleReaders,
    answer: ({ query }, world) => listAssignments(world, query, "roles"),
  },
  {
    on: /^GET \/roleManagement\/directory\/roleEligibilityScheduleInstances$/u,
    permissions: roleReaders,
    answer: ({ query }, world) => listAssignments(world, query, "eligible"),
  },
  {
    on: /^GET \/users\/([^/]+)\/authentication\/methods$/u,
    permissions: methodsWriter,
    answer: ({ version, query }, world, user) => {
      if ([...query.keys()].some((name) => name !== "$skiptoken"))
        return problem(400, "badRequest", "No query options.");
      return user ? listMethods(user, version, world) : notFound;
    },
  },
  {
    on: /^POST \/users\/([^/]+)\/authentication\/temporaryAccessPassMethods$/u,
    permissions: methodsWriter,
    answer: ({ body }, world, user) => (user ? issuePass(user, body, world) : notFound),
  },
  {
    on: /^DELETE \/users\/([^/]+)\/authentication\/([^/]+)\/([^/]+)$/u,
    permissions: methodsWriter,
    answer: ({ version }, world, user, [, segment = "", id = ""]) => {
      if (user?.isProtected) return denied;
      return user ? deleteMethod(user, { version, segment, id }, world) : notFound;
    },
  },
  {
    on: /^POST \/users\/([^/]+)\/revokeSignInSessions$/u,
    permissions: ["User.RevokeSessions.All", "User.ReadWrite.All"],
    answer: (_call, { clock }, user) => {
      if (!user) return notFound;
      user.sessionsEndedAt.push(clock.now());
      return { status: 200, body: { value: true } };
    },
  },
];

const notFound = problem(404, "Request_ResourceNotFound", "Resource does not exist.");
const denied = problem(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");

/** Which user's a call is, for throttling and the log. */
export const userOf = (path: string): string | null => /^\/users\/([^/]+)/u.exec(path)?.[1] ?? null;

/** Graph's answer to somebody who has `permissions`. */
export function answerCall(call: Call, world: World, permissions: readonly string[]): Answer {
  const line = `${call.method} ${call.path}`;
  const route = routes.find(({ on }) => on.test(line));
  if (!route) return problem(404, "notFound", "Resource not found for the segment.");
  if (!route.permissions.some((permission) => permissions.includes(permission))) return denied;
  const parts = (route.on.exec(line) ?? []).slice(1).map(decodeURIComponent);
  const user = parts[0] === undefined ? undefined : findUser(world.users, parts[0]);
  return paged(route.answer(call, world, user, parts), call, world);
}

/** Lists in pages, with the address of the next. */
function paged(answer: Answer, { version, path, query }: Call, { behaviour, url }: World): Answer {
  const { body } = answer;
  if (typeof body !== "object" || body === null || !("value" in body) || !Array.isArray(body.value)) return answer;
  const from = Number(query.get("$skiptoken") ?? 0);
  const to = from + behaviour.pageSize;
  if (to >= body.value.length) return { ...answer, body: { value: body.value.slice(from) } };
  const rest = new URLSearchParams([...query].filter(([name]) => name !== "$skiptoken"));
  rest.set("$skiptoken", String(to));
  const next = behaviour.nextLinkTo ?? `${url()}/${version}${path}?${rest}`;
  return { ...answer, body: { value: body.value.slice(from, to), "@odata.nextLink": next } };
}
