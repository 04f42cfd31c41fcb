import type { Level } from "../../kernel/identity.ts";

export type Environment = "test" | "production";

/** Vouches for nobody, as anyone may use it: in the test environment only. */
const testMethod = "urn:oid:1.2.246.517.3002.110.999";

/**
 * How sure the methods of Suomi.fi are that identify strongly. The others (Finnish Authenticator `…110.7`, MPASS `…110.11`,
 * passwords) are none of ours.
 */
const levelOfMethod = {
  "http://ftn.ficora.fi/2017/loa3": "high",
  "http://eidas.europa.eu/LoA/high": "high",
  "http://ftn.ficora.fi/2017/loa2": "substantial",
  "http://eidas.europa.eu/LoA/substantial": "substantial",
  [testMethod]: "substantial",
} as const satisfies Record<string, Level>;

export type Method = keyof typeof levelOfMethod;
export const methods = Object.keys(levelOfMethod) as Method[]; // the keys of a literal

/** Those of `wanted` (every one without) that count here. */
export const methodsIn = (environment: Environment, wanted: readonly Method[] = methods): readonly Method[] =>
  wanted.filter((method) => environment === "test" || method !== testMethod);

/** The level of a method that is among `allowed`; null for any other. */
export function levelOf(method: string | null, allowed: readonly Method[]): Level | null {
  const known = allowed.find((one) => one === method);
  return known ? levelOfMethod[known] : null;
}

/** The attributes that tell who the person is; no others are read. */
export const attributeNames = {
  hetu: "urn:oid:1.2.246.21",
  eidas: "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier",
} as const;

/** Suomi.fi's test environment, which vouches for nobody. */
export const testEntityId = "https://testi.apro.tunnistus.fi/idp1";

export const bindings = {
  redirect: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
  post: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
} as const;
export const transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
