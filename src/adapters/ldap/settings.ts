import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { type Problem, problemsOf } from "../directory-parts/problems.ts";
import { sources } from "../directory-parts/sources.ts";
import { isFilter, isTemplate, placeholdersOf, withPlaceholders } from "./template.ts";

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

const url = z
  .string("must be an address such as ldaps://ldap.example.fi")
  .max(300)
  .refine(
    (text) => /^ldaps?:\/\/[^/?#@\s]+\/?$/u.test(text) && URL.canParse(text),
    "must be ldap(s)://host or ldap(s)://host:port",
  );

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,100}$/u, "must be the name of an attribute");
const except = (names: readonly string[]) =>
  attribute.refine(
    (name) => !names.some((other) => other.toLowerCase() === name.toLowerCase()),
    `must not be any of ${names.join(", ")}`,
  );

/** What the other settings mean, or nobody should be able to break by a mapping. */
const stateAttributes = ["userAccountControl", "pwdLastSet", "pwdReset", "pwdAccountLockedTime"];
const mapped = except(["objectClass", "userPassword", "unicodePwd", ...stateAttributes]);
const clearable = except(["objectClass", "unicodePwd", ...stateAttributes]);

const template = z.string().min(1).max(1000).refine(isTemplate, "must have only the placeholders that are known");

const filter = template.refine(
  (text) => isFilter(withPlaceholders(text, () => "x")),
  "must be a filter (RFC 4515), such as (uid={userName})",
);

/** One certificate or many, in PEM. */
const certificates = z
  .string()
  .max(100_000)
  .refine((pem) => {
    try {
      const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
      return all.map((one) => new X509Certificate(one)).length > 0;
    } catch {
      return false;
    }
  }, "must be the certificate of the authority, PEM: -----BEGIN CERTIFICATE----- …");

const schema = z.strictObject({
  url,
  /** Where the address is ldap://. Without encryption only on this machine. */
  startTls: z.boolean().default(true),
  /** Whom the server's certificate must come from; whom the machine trusts, without. */
  ca: certificates.optional(),
  server: z.enum(["openldap", "active-directory"]),
  bindDn: z
    .string()
    .max(500)
    .regex(/^[^=@]+[=@].+$/u, "must be the DN that we bind as, or name@domain in Active Directory"),
  /** May have placeholders, as `filter`. */
  baseDn: template,
  filter,
  /** Where each of ours goes; what the account lacks is cleared. */
  attributes: z.record(mapped, z.enum(sources)).default({}),
  onReset: z
    .union(
      [
        z.literal("nothing"),
        z.strictObject({ expirePassword: z.boolean().default(false), clear: z.array(clearable).max(20).default([]) }),
      ],
      "must be nothing, or an object of expirePassword and clear",
    )
    .default("nothing"),
  /** `lock`: as the server does it. */
  onClosed: z
    .union(
      [z.enum(["lock", "nothing"]), z.strictObject({ attribute: mapped, value: z.string().min(1).max(500) })],
      "must be lock, nothing, or an object of attribute and value",
    )
    .default("lock"),
});

export type Settings = z.infer<typeof schema>;

/** What an operator gave, filled in; reading its own result again changes nothing. */
export function parseSettings(given: unknown): Readonly<{ settings: Settings }> | Readonly<{ problems: Problem[] }> {
  const { success, data, error } = schema.safeParse(given);
  if (!success) return { problems: problemsOf(error) };
  const problems = judge(data);
  return problems.length > 0 ? { problems } : { settings: data };
}

/** What fields mean together. */
function judge({ url, startTls, baseDn, filter, attributes, onReset }: Settings): Problem[] {
  const problems: Problem[] = [];
  const isPlain = url.startsWith("ldap://") && !startTls;
  if (isPlain && !loopback.test(new URL(url.replace(/^ldap/u, "http")).hostname))
    problems.push({ field: "startTls", says: "must be true: a password goes in plain text on this machine only" });
  if (placeholdersOf(filter + baseDn).length === 0)
    problems.push({ field: "filter", says: "must have a placeholder such as {userName}: one person is looked for" });
  const both = onReset === "nothing" ? [] : onReset.clear.filter((name) => isMapped(attributes, name));
  if (both.length > 0)
    problems.push({
      field: "onReset.clear",
      says: `must not be in attributes too, which set it again: ${both.join(", ")}`,
    });
  return problems;
}

const isMapped = (attributes: Settings["attributes"], name: string): boolean =>
  Object.keys(attributes).some((other) => other.toLowerCase() === name.toLowerCase());
