import * as z from "zod";
import type { CardAuthority, ParseCardAuthority } from "../../ports/certificate-checker.ts";
import { type Certificate, isIssuedBy } from "./certificate.ts";
import { findPaths, type Issuer } from "./paths.ts";

const pem = z.string().max(200_000);
const host = z
  .string()
  .regex(/^(\*\.)?[a-z0-9.:[\]-]+$/u, "Give a host name, or *. before one for all below it.")
  .max(255);
const address = z.url({ protocol: /^https?$/u, error: "Give an http or https address." }).max(500);

const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/u, "Use small letters, digits and hyphens."),
  issuers: pem,
  chain: pem.default(""),
  policies: z
    .array(z.string().regex(/^[0-2](\.\d+)+$/u, "Give OIDs: digits with dots."))
    .max(50)
    .default([]),
  revocation: z.enum(["required", "soft"]).default("required"),
  ocspUrl: address.nullable().default(null),
  crlUrl: address.nullable().default(null),
  hosts: z.array(host).max(50).default([]),
  comparesOrganisation: z.boolean().default(false),
});

/** Checks what an operator gave, the certificates too; reading its own result again changes nothing. */
export const parseCardAuthority: ParseCardAuthority = (given) => {
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    return { problems: parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), says: message })) };
  const paths = findPaths(parsed.data.issuers, parsed.data.chain);
  return "says" in paths ? { problems: [paths] } : { authority: parsed.data };
};

/** An authority with its certificates read. */
export type Authority = CardAuthority &
  Readonly<{
    paths: readonly Issuer[];
    /** Which addresses may be asked: a card's own are believed only as far as this. */
    mayAsk: (url: string) => boolean;
    /** Whether there is any. */
    asksAnybody: boolean;
  }>;

/** Settings were checked before they were kept; reading them again brings their certificates. */
export function readAuthority(authority: CardAuthority): Authority {
  const paths = findPaths(authority.issuers, authority.chain);
  if ("says" in paths) throw new Error(`The card authority ${authority.name} can't be used any more. ${paths.says}`);
  return { ...authority, paths, ...hostRule(authority, paths) };
}

/** The one of its CAs that issued the certificate, by signature. */
export const issuerOf = (certificate: Certificate, { paths }: Authority): Issuer | undefined =>
  paths.find((path) => isIssuedBy(certificate, path.certificate));

/**
 * Which addresses may be asked: cards name them, and nobody may send us about by a certificate. What the authority's own
 * certificates and settings name goes without saying.
 */
function hostRule({ ocspUrl, crlUrl, hosts }: CardAuthority, paths: readonly Issuer[]) {
  const ownCertificates = paths.flatMap(({ certificate, above }) => [certificate, ...above]);
  const addresses = [ocspUrl, crlUrl, ...ownCertificates.flatMap((one) => [...one.ocspUrls, ...one.crlUrls])];
  const known = new Set(addresses.flatMap((url) => (url ? [hostOf(url)] : [])));
  const mayAsk = (url: string): boolean => {
    const asked = hostOf(url);
    if (asked === null) return false;
    return (
      known.has(asked) || hosts.some((each) => (each.startsWith("*.") ? asked.endsWith(each.slice(1)) : asked === each))
    );
  };
  return { mayAsk, asksAnybody: known.size + hosts.length > 0 };
}

/** Null for what isn't a plain web address. */
function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, username, password } = new URL(url);
  return /^https?:$/u.test(protocol) && !username && !password ? hostname : null;
}
