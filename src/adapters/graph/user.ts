import { z } from "zod";
import type { DirectorySubject } from "../../ports/directory.ts";
import { failed, later } from "../directory-parts/trouble.ts";
import { permissions } from "./permissions.ts";
import type { Call, Session } from "./session.ts";
import type { Settings } from "./settings.ts";

const found = z.looseObject({
  id: z.string().min(1),
  userPrincipalName: z.string(),
  userType: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
});
type User = Readonly<{ id: string; isEnabled: boolean }>;

const fields = "$select=id,userPrincipalName,userType,accountEnabled";

/** Attributes that Graph finds without its index, which lags. */
const plain = ["userPrincipalName", "mail", "id", "employeeId"];

/** The one account there that is the subject's; guests are another organisation's (REC-5). Throws `DirectoryTrouble`. */
export async function findUser(
  session: Session,
  { lookUp }: Pick<Settings, "lookUp">,
  subject: DirectorySubject,
): Promise<User> {
  const value = subject[lookUp.from];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (value === "" || /[\u0000-\u001F\u007F]/u.test(value))
    throw failed(`The account has no ${lookUp.from} that could be looked for.`);
  const [user, another] = await lookFor(session, { lookUp }, value);
  if (!user) throw failed(`Nobody there has this account's ${lookUp.from} as ${lookUp.property}.`);
  if (another) throw failed(`More than one account there has this account's ${lookUp.from} as ${lookUp.property}.`);
  // Converted members keep the name of a guest, and their credentials are still another organisation's.
  if (user.userType === "Guest" || /#EXT#/iu.test(user.userPrincipalName))
    throw failed("The account there is a guest's: its authenticators belong to another organisation.");
  return { id: user.id, isEnabled: user.accountEnabled !== false };
}

/** Whoever there has `value` where the settings say. Throws `DirectoryTrouble`. */
export const lookFor = (session: Session, { lookUp }: Pick<Settings, "lookUp">, value: string) =>
  lookUp.by === "id" ? getById(session, value) : search(session, lookUp.property, value);

async function search(session: Session, property: string, value: string) {
  // Quotes are doubled (OData 4.01, ABNF SQUOTE-in-string), and nothing of it is the address's own.
  const filter = quoteForAddress(`${property} eq '${value.replaceAll("'", "''")}'`);
  const eventual = !plain.includes(property);
  const list = await session.list({
    path: `/users?$filter=${filter}&${fields}&$top=2${eventual ? "&$count=true" : ""}`,
    eventual,
  });
  if ("status" in list && list.status === 400)
    throw failed(`Graph can't look for people by ${property} (400): correct lookUp.property.`);
  if ("status" in list) throw refused(list.status, "look for users", permissions.users[0]);
  return readUsers(list.values);
}

async function getById(session: Session, id: string) {
  const { status, body } = await session.call("GET", { path: `/users/${quoteForAddress(id)}?${fields}` });
  if (status === 404) return [];
  if (status !== 200) throw refused(status, "look for users", permissions.users[0]);
  return readUsers([body]);
}

function readUsers(values: readonly unknown[]) {
  const { success, data } = z.array(found).safeParse(values);
  if (!success) throw later("Graph's answer about users can't be read");
  return data;
}

const quoteForAddress = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll("'", "%27");

const holding = z.looseObject({ roleTemplateId: z.string().nullish(), roleDefinitionId: z.string().nullish() });

type Source = Settings["roleSources"][number];

const sources: Readonly<Record<Source, (userId: string) => Call>> = {
  memberships: (id) => ({
    path: `/users/${encodeURIComponent(id)}/transitiveMemberOf/microsoft.graph.directoryRole?$count=true&$select=id,roleTemplateId`,
    eventual: true,
  }),
  assignments: (id) => ({ path: `/roleManagement/directory/roleAssignments?$filter=${principal(id)}` }),
  eligibilities: (id) => ({
    path: `/roleManagement/directory/roleEligibilityScheduleInstances?$filter=${principal(id)}`,
  }),
  groups: (id) => ({
    path: `/users/${encodeURIComponent(id)}/transitiveMemberOf/microsoft.graph.group?$count=true&$filter=${quoteForAddress("isAssignableToRole eq true")}&$select=id`,
    eventual: true,
  }),
};

const needs = {
  memberships: "users",
  assignments: "roles",
  eligibilities: "roles",
  groups: "groups",
} as const satisfies Record<Source, keyof typeof permissions>;

const principal = (id: string) => quoteForAddress(`principalId eq '${id.replaceAll("'", "''")}'`);

/** T81: whoever administers the directory is not reset by us. Throws `DirectoryTrouble` for them. */
export async function refusePrivileged(session: Session, settings: Settings, userId: string): Promise<void> {
  if (settings.privilegedRoles === "allow") return;
  const harmless = settings.harmlessRoles.map((id) => id.toLowerCase());
  for (const source of settings.roleSources) {
    const list = await session.list(sources[source](userId));
    if ("status" in list) throw refused(list.status, `list roles (${source})`, permissions[needs[source]][0]);
    const { success, data } = z.array(holding).safeParse(list.values);
    if (!success) throw later("Graph's answer about roles can't be read");
    const isPrivileged = data.some(
      (role) => !harmless.includes((role.roleTemplateId ?? role.roleDefinitionId ?? "").toLowerCase()),
    );
    if (isPrivileged)
      throw failed(
        "The account there holds a directory role, and the settings refuse to touch those (privilegedRoles).",
      );
  }
}

/** What a refusal means: a permission that is missing, or a person who is gone. */
export function refused(status: number, what: string, permission: string) {
  if (status === 403)
    return failed(`Graph does not let us ${what} (403): the application needs ${permission}, with admin consent.`);
  if (status === 404) return failed("The account is no longer there (404).");
  return failed(`Graph does not ${what} (${status}).`);
}
