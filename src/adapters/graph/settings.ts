import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { type Problem, problemsOf } from "../directory-parts/problems.ts";
import { removableKinds } from "./methods.ts";

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

/** https without anything but a host; http on this machine, which only demos and tests use. */
const address = z
  .string()
  .max(300)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
    if (username || password || search || hash || pathname !== "/") return false;
    return protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
  }, "must be an https:// address without a path (http:// only on this machine)")
  .transform((text) => new URL(text).origin);

const certificate = z.string("must be a certificate in PEM").refine((pem) => {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}, "must be a certificate with an RSA key, in PEM");

const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu, "must be an id such as Entra ID shows it");

const schema = z.strictObject({
  tenantId: z
    .string("must be the directory (tenant) id")
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,120}$/u, "must be the directory (tenant) id"),
  clientId: uuid,
  certificate,
  loginUrl: address.default("https://login.microsoftonline.com"),
  graphUrl: address.default("https://graph.microsoft.com"),
  /** Which attribute there holds what of ours, and whether it is searched for or is part of the address. */
  lookUp: z
    .strictObject({
      property: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_]{0,80}(\/[A-Za-z][A-Za-z0-9_]{0,80})?$/u, "must be the name of an attribute")
        .default("userPrincipalName"),
      from: z.enum(["userName", "email", "accountId"]).default("userName"),
      by: z.enum(["filter", "id"]).default("filter"),
    })
    .prefault({}),
  privilegedRoles: z.enum(["refuse", "allow"]).default("refuse"),
  /**
   * Where roles are looked for. Eligible ones (PIM) can be listed only where the tenant is licensed for it. `groups`: whoever is
   * in a group that may hold roles counts as holding one.
   */
  roleSources: z
    .array(z.enum(["memberships", "assignments", "eligibilities", "groups"]))
    .min(1)
    .default(["memberships"]),
  /** Template ids of roles whose holders may be reset all the same. */
  harmlessRoles: z.array(uuid).default([]),
  /** Kinds of methods that a reset doesn't touch. */
  leave: z.array(z.enum(removableKinds)).default([]),
  /** Whether hardware tokens are listed and removed too: Graph has them in its beta version only. */
  hardwareTokens: z.boolean().default(false),
  issuePass: z
    .strictObject({
      on: z.boolean().default(false),
      lifetimeInMinutes: z.int().min(10, "must be 10 to 43200").max(43_200, "must be 10 to 43200").default(60),
      isUsableOnce: z.boolean().default(true),
    })
    .prefault({}),
  /** Whether accounts are enabled and disabled there as they are here. */
  manageAccountState: z.boolean().default(false),
});

export type Settings = z.infer<typeof schema>;

/** Settings as an operator gave them, with what may be left out filled in; or what is wrong, field by field. */
export function parseSettings(
  given: unknown,
): Readonly<{ settings: Settings }> | Readonly<{ problems: readonly Problem[] }> {
  const { success, data, error } = schema.safeParse(given);
  return success ? { settings: data } : { problems: problemsOf(error) };
}
