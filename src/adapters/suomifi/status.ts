import { at, attributeOf, only } from "./xml.ts";

const prefix = "urn:oasis:names:tc:SAML:2.0:status:";
const codeOf = (element: Element | null): string => attributeOf(element, "Value") ?? "";

/** Whether a response tells of success. */
export const isSuccess = (response: Element): boolean =>
  codeOf(at(response, "samlp:Status", "samlp:StatusCode")) === `${prefix}Success`;

/** The second-level codes that Suomi.fi sends, and the words that they have in the audit. */
const faults = {
  /** Clocks or metadata differ: a message came twice, too late, or from somebody it does not know. */
  RequestDenied: "request-denied",
  NoAuthnContext: "no-authn-context",
  NoPassive: "no-passive",
  UnknownPrincipal: "unknown-principal",
  InvalidNameIDPolicy: "invalid-name-id-policy",
  VersionMismatch: "version-mismatch",
  RequestUnsupported: "request-unsupported",
} as const;
export type Fault = (typeof faults)[keyof typeof faults] | "unknown-status";

/**
 * What a response says that holds no assertion. `AuthnFailed` is what people cause: they went back, gave wrong codes, or would
 * not let their data go.
 */
export function failureOf(response: Element): "cancelled" | Fault {
  const top = only(only(response, "samlp:Status"), "samlp:StatusCode");
  const codes = [codeOf(only(top, "samlp:StatusCode")), codeOf(top)].map((code) => code.replace(prefix, ""));
  if (codes.includes("AuthnFailed")) return "cancelled";
  const known = Object.entries(faults).find(([code]) => codes.includes(code));
  return known?.[1] ?? "unknown-status";
}
