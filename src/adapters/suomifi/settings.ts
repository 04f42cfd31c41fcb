import { X509Certificate } from "node:crypto";
import * as z from "zod";
import { type Idp, readIdpMetadata } from "./idp-metadata.ts";
import { attributeNames, methods } from "./vocabulary.ts";

/** What to say where there is nothing, or something else altogether. */
const missing = (says: string) => (issue: { code?: string }) => (issue.code === "invalid_type" ? says : undefined);
const text = (longest: number) =>
  z
    .string({ error: missing("Give a text.") })
    .trim()
    .min(1)
    .max(longest);
const inThree = <T extends z.ZodType>(each: T) =>
  z.strictObject({ fi: each, sv: each, en: each }, { error: missing("Give it in fi, sv and en.") });
const httpsUrl = z.url({ protocol: /^https$/, error: "Give an https address." }).max(500);
const certificate = z
  .string()
  .trim()
  .max(20_000)
  .refine(isCertificate, "Give a certificate, PEM: -----BEGIN CERTIFICATE----- …");

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}

const where =
  "https://static.apro.tunnistus.fi/static/metadata/idp-metadata.xml (test), https://tunnistus.suomi.fi/static/metadata/idp-metadata.xml (production)";

const schema = z.strictObject({
  /** The text of Suomi.fi's metadata. */
  idpMetadata: z
    .string({ error: `Give the text of Suomi.fi's metadata, from ${where}.` })
    .max(262_144)
    .transform((xml) => xml.trim().replace(/\r\n?/g, "\n")),
  /** Whose signature the metadata must have; not checked without. */
  metadataCertificate: certificate.optional(),
  /** As it is registered at Suomi.fi; without, the address of our metadata. */
  entityId: text(1024)
    .refine((value) => URL.canParse(value), "Give an address or a URN.")
    .optional(),
  /** What Suomi.fi may identify by; without, every strong method. */
  methods: z.array(z.enum(methods)).min(1).optional(),
  eidasSupport: z.enum(["full", "form", "none"]).default("full"),
  vtjVerificationRequired: z.boolean().default(true),
  cipher: z.enum(["AES-GCM", "AES-CBC"]).default("AES-GCM"),

  /** What people see at Suomi.fi. */
  displayName: inThree(text(100)),
  description: inThree(text(500)).optional(),
  privacyUrl: inThree(httpsUrl).optional(),
  logo: z.strictObject({ url: httpsUrl, width: z.int().min(1).max(2000), height: z.int().min(1).max(2000) }).optional(),
  organisation: z.strictObject(
    { name: inThree(text(200)), url: inThree(httpsUrl) },
    { error: missing("Give the organisation's name and url, each in fi, sv and en.") },
  ),
  contacts: z
    .array(
      z.strictObject({
        type: z.enum(["technical", "support", "administrative"]),
        givenName: text(100),
        surname: text(100),
        email: z.email(),
      }),
      { error: missing("Give a list of contacts, a technical one at least.") },
    )
    .max(10)
    .refine((contacts) => contacts.some(({ type }) => type === "technical"), "Give a technical contact at least."),
  /** What our permit lets us ask for. Whatever comes, nothing is read but who the person is. */
  attributes: z
    .array(z.strictObject({ name: text(200), friendlyName: text(100).optional() }))
    .min(1)
    .max(60)
    .default([
      { name: attributeNames.hetu, friendlyName: "nationalIdentificationNumber" },
      { name: attributeNames.eidas, friendlyName: "PersonIdentifier" },
    ]),
});

/** What an operator gave, with what may be left out filled in. */
export type Settings = z.infer<typeof schema>;
export type Problems = Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;

/** Checks what an operator gave, the metadata too; reading its own result again changes nothing. */
export function parseSettings(given: unknown): Readonly<{ settings: Settings; idp: Idp }> | Problems {
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    return { problems: parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), says: message })) };
  const settings = parsed.data;
  const idp = readIdpMetadata(settings.idpMetadata, settings.metadataCertificate ?? null);
  if (typeof idp === "string") return { problems: [{ field: "idpMetadata", says: idp }] };
  return { settings, idp };
}
