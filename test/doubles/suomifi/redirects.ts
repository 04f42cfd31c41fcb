import { sign, verify } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { SigningKey } from "./xml-security.ts";

const rsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

export type Redirect = Readonly<{ kind: "SAMLRequest" | "SAMLResponse"; xml: string; relayState: string }>;

/** What a signed redirect says; throws where it is not signed by RSA-SHA256 over its own query, which Suomi.fi demands. */
export function readRedirectUrl(url: string, certificates: readonly string[]): Redirect {
  const [, query = ""] = url.split("?");
  const pairs = new Map(query.split("&").map((pair) => pair.split("=") as [string, string])); // name and value
  const value = (name: string) => decodeURIComponent(pairs.get(name) ?? "");
  const kind = pairs.has("SAMLRequest") ? "SAMLRequest" : "SAMLResponse";
  const signed = [kind, "RelayState", "SigAlg"]
    .filter((name) => pairs.has(name))
    .map((name) => `${name}=${pairs.get(name)}`);
  const proof = Buffer.from(value("Signature"), "base64");
  const genuine = certificates.some((one) => verify("RSA-SHA256", Buffer.from(signed.join("&")), one, proof));
  if (value("SigAlg") !== rsaSha256 || !genuine) throw new Error("RequestDenied: the redirect is not signed");
  return { kind, xml: inflateRawSync(Buffer.from(value(kind), "base64")).toString(), relayState: value("RelayState") };
}

/** A query that carries `xml`, signed. */
export function signedQuery(
  kind: "SAMLRequest" | "SAMLResponse",
  xml: string | Buffer,
  key: SigningKey,
  relayState?: string,
) {
  const pairs = [
    [kind, deflateRawSync(xml).toString("base64")],
    ...(relayState === undefined ? [] : [["RelayState", relayState]]),
    ["SigAlg", rsaSha256],
  ];
  const query = pairs.map(([name, value = ""]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${query}&Signature=${encodeURIComponent(sign("RSA-SHA256", Buffer.from(query), key.privateKey).toString("base64"))}`;
}

/** An attribute of the first element called so. */
export const attributeIn = (xml: string, element: string, name: string): string =>
  new RegExp(`<(?:\\w+:)?${element}\\b[^>]*\\s${name}="([^"]*)"`).exec(xml)?.[1] ?? "";

/** The text of the first element called so. */
export const textIn = (xml: string, element: string): string =>
  new RegExp(`<(?:\\w+:)?${element}\\b[^>]*>([^<]*)<`).exec(xml)?.[1] ?? "";
