import { decodeJwt } from "jose";
import type { Settings } from "./settings.ts";

/** Application permissions: each need with what meets it, the least first. */
export const permissions = {
  methods: ["UserAuthenticationMethod.ReadWrite.All"],
  sessions: ["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
  users: ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  roles: ["RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"],
  groups: ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"],
  state: ["User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

type Need = keyof typeof permissions;

function needsOf({ privilegedRoles, roleSources, manageAccountState }: Settings): Need[] {
  const lists = (...sources: readonly Settings["roleSources"][number][]) =>
    privilegedRoles === "refuse" && roleSources.some((source) => sources.includes(source));
  return [
    "methods",
    "users",
    "sessions",
    ...(lists("assignments", "eligibilities") ? ["roles" as const] : []),
    ...(lists("groups") ? ["groups" as const] : []),
    ...(manageAccountState ? ["state" as const] : []),
  ];
}

/** What a token's permissions lack, and which of them nothing needs (T81). */
export function judgePermissions(
  granted: readonly string[],
  settings: Settings,
): Readonly<{ missing: readonly string[]; spare: readonly string[] }> {
  const needs = needsOf(settings);
  const met = needs.map((need) => permissions[need].find((permission) => granted.includes(permission)));
  return {
    missing: needs.filter((_need, index) => met[index] === undefined).map((need) => permissions[need][0]),
    spare: granted.filter((permission) => !met.some((one) => one === permission)),
  };
}

/** The permissions that a token names; null where it can't be read, which it needn't be. */
export function readRoles(token: string): readonly string[] | null {
  try {
    const { roles } = decodeJwt(token);
    return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
  } catch {
    return null;
  }
}
