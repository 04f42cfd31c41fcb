import { z } from "zod";
import { type Problem, problemsOf } from "../directory-parts/problems.ts";
import { sources } from "../directory-parts/sources.ts";
import { parsePath } from "./path.ts";

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

/** https, or http on this machine, which only tests use. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username || password || search || hash) return false;
  return protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
}

const path = z
  .string()
  .max(300)
  .refine(
    (text) => parsePath(text) !== null,
    'must be a path such as userName, name.givenName, emails[type eq "work"].value or urn:…:User:employeeNumber',
  );

/** What the service keeps, or the other settings mean. */
const kept = ["id", "meta", "schemas", "groups", "active", "password"];
const pathExcept = (names: readonly string[]) =>
  path.refine(
    (text) => !names.some((name) => name.toLowerCase() === parsePath(text)?.name.toLowerCase()),
    `must not be any of ${names.join(", ")}`,
  );
const attributePath = pathExcept(kept);
const freePath = pathExcept([...kept, "externalId", "userName"]);

const operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("replace"), path: freePath, value: z.json() }),
  z.strictObject({ op: z.literal("remove"), path: freePath }),
]);

const defaultAttributes = {
  externalId: "accountId",
  userName: "userName",
  "name.givenName": "givenName",
  "name.familyName": "familyName",
  displayName: "displayName",
  'emails[type eq "work"].value': "email",
  'phoneNumbers[type eq "mobile"].value': "phone",
  preferredLanguage: "language",
} as const;

const schema = z.strictObject({
  baseUrl: z
    .string("must be the address of the SCIM service, such as https://example.fi/scim/v2")
    .max(500)
    .transform((text) => text.replace(/\/+$/u, ""))
    .refine(isAddress, "must be an https:// address, without a user, a query or a fragment"),
  lookUp: z.enum(["externalId", "userName"]).default("externalId"),
  create: z.boolean().default(false),
  onClosed: z.enum(["deactivate", "delete", "nothing"]).default("deactivate"),
  /** Where each of ours goes. */
  attributes: z
    .record(attributePath, z.enum(sources))
    .default(defaultAttributes)
    .refine(
      ({ externalId, userName }) => single.has(externalId ?? "") && single.has(userName ?? ""),
      "must say what externalId and userName are: accountId, userName or email",
    ),
  onReset: z
    .union([z.literal("nothing"), z.array(operation).min(1).max(20)], "must be a list of operations, or nothing")
    .default("nothing"),
  /** What the service can do, where it doesn't tell, or tells wrong. */
  capabilities: z
    .strictObject({ patch: z.boolean().optional(), filter: z.boolean().optional(), delete: z.boolean().optional() })
    .default({}),
});

const single = new Set(["accountId", "userName", "email"]);

export type Settings = z.infer<typeof schema>;
export type Operation = z.infer<typeof operation>;

/** What an operator gave, filled in; reading its own result again changes nothing. */
export function parseSettings(given: unknown): Readonly<{ settings: Settings }> | Readonly<{ problems: Problem[] }> {
  const { success, data, error } = schema.safeParse(given);
  if (!success) return { problems: problemsOf(error) };
  const problems = judge(data);
  return problems.length > 0 ? { problems } : { settings: data };
}

/** What a reset takes must not come back with the next change of the account. */
function judge({ attributes, onReset }: Settings): Problem[] {
  const same = (text: string) => JSON.stringify(parsePath(text)).toLowerCase();
  const mapped = new Set(Object.keys(attributes).map(same));
  const paths = onReset === "nothing" ? [] : onReset.map(({ path }) => path);
  return paths.flatMap((path, index) =>
    mapped.has(same(path))
      ? [{ field: `onReset.${index}.path`, says: "must not be in attributes too, which set it again" }]
      : [],
  );
}
