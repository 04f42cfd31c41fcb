import { type Answer, type GraphUser, problem, type World } from "./world.ts";

const nothing = problem(404, "Request_ResourceNotFound", "Resource does not exist.");
const bad = problem(400, "Request_BadRequest", "Invalid filter clause");

const shown = ({ id, userPrincipalName, mail, userType, accountEnabled }: GraphUser) => ({
  id,
  userPrincipalName,
  mail,
  userType,
  accountEnabled,
});

/** By what users can be searched for, and whether only the index knows it. */
const properties: Readonly<Record<string, { of: (user: GraphUser) => string | null; advanced?: true }>> = {
  userPrincipalName: { of: (user) => user.userPrincipalName },
  mail: { of: (user) => user.mail },
  employeeId: { of: (user) => user.employeeId },
  "onPremisesExtensionAttributes/extensionAttribute1": { of: (user) => user.extensionAttribute1, advanced: true },
};

/** `name eq 'value'` and nothing else, with quotes doubled. */
export function readFilter(filter: string | null): { property: string; value: string } | null {
  const [, property = "", value = ""] = /^([\w/]+) eq '((?:[^']|'')*)'$/u.exec(filter ?? "") ?? [];
  return property ? { property, value: value.replaceAll("''", "'") } : null;
}

export const findUser = (users: readonly GraphUser[], key: string): GraphUser | undefined =>
  users.find(({ id, userPrincipalName }) => id === key || userPrincipalName.toLowerCase() === key.toLowerCase());

export function searchUsers({ users }: World, query: URLSearchParams, eventual: boolean): Answer {
  const filter = readFilter(query.get("$filter"));
  const property = filter && properties[filter.property];
  if (!filter || !property) return bad;
  if (property.advanced && !(eventual && query.get("$count") === "true")) return bad;
  const found = users.filter((user) => property.of(user)?.toLowerCase() === filter.value.toLowerCase());
  return { status: 200, body: { value: found.map(shown) } };
}

export const showUser = (user: GraphUser | undefined): Answer => (user ? { status: 200, body: shown(user) } : nothing);

export function changeUser(user: GraphUser | undefined, body: unknown): Answer {
  if (!user) return nothing;
  const given = Object.entries(typeof body === "object" && body !== null ? body : {});
  const [[name, wanted] = []] = given;
  if (given.length !== 1 || name !== "accountEnabled" || typeof wanted !== "boolean") return bad;
  user.accountEnabled = wanted;
  return { status: 204 };
}

export function listRoles(user: GraphUser | undefined, query: URLSearchParams, eventual: boolean): Answer {
  if (!user) return nothing;
  if (!eventual || query.get("$count") !== "true") return bad;
  const value = user.roles.map((roleTemplateId) => ({ id: `role-${roleTemplateId}`, roleTemplateId }));
  return { status: 200, body: { value } };
}

export function listGroups(user: GraphUser | undefined, query: URLSearchParams, eventual: boolean): Answer {
  if (!user) return nothing;
  if (!eventual || query.get("$count") !== "true" || query.get("$filter") !== "isAssignableToRole eq true") return bad;
  const value = user.groups.filter(({ isAssignableToRole }) => isAssignableToRole).map(({ id }) => ({ id }));
  return { status: 200, body: { value } };
}

export function listAssignments({ users }: World, query: URLSearchParams, which: "roles" | "eligible"): Answer {
  const filter = readFilter(query.get("$filter"));
  if (filter?.property !== "principalId") return bad;
  const roles = users.find(({ id }) => id === filter.value)?.[which] ?? [];
  return {
    status: 200,
    body: { value: roles.map((roleDefinitionId) => ({ id: `assignment-${roleDefinitionId}`, roleDefinitionId })) },
  };
}
