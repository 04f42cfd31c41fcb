import { sign, verify } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { bytesOf, textIn } from "./encoding.ts";
import { parseXml } from "./xml.ts";

/** Which of the two a message is. */
export type Kind = "SAMLRequest" | "SAMLResponse";

const rsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const algorithms: ReadonlyMap<string, string> = new Map([
  [rsaSha256, "RSA-SHA256"],
  ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "RSA-SHA512"],
]);
const longest = { query: 32 * 1024, message: 64 * 1024 };

/** The address that carries `xml` by HTTP-Redirect, signed (SAML Bindings §3.4.4.1). */
export function redirectUrl(
  address: string,
  { kind, xml, relayState }: Readonly<{ kind: Kind; xml: string; relayState: string | null }>,
  privateKey: string,
): string {
  const values = [
    [kind, deflateRawSync(xml).toString("base64")],
    ...(relayState === null ? [] : [["RelayState", relayState]]),
    ["SigAlg", rsaSha256],
  ];
  const query = values.map(([name, value = ""]) => `${name}=${encodeURIComponent(value)}`).join("&");
  const signature = sign("RSA-SHA256", Buffer.from(query), privateKey).toString("base64");
  return `${address}${address.includes("?") ? "&" : "?"}${query}&Signature=${encodeURIComponent(signature)}`;
}

/**
 * The message in a raw query, once one of `certificates` has signed it. What is signed is the query as it came, so each
 * parameter may be there only once and only under its plain name; nothing is inflated before it is verified, nor beyond a limit.
 */
export function readRedirect(
  query: string,
  kind: Kind,
  certificates: readonly string[],
): Readonly<{ root: Element; relayState: string | null }> | null {
  if (query.length > longest.query) return null;
  const raw = rawParameters(query.replace(/^\?/, ""));
  const message = raw?.get(kind);
  const signature = decoded(raw?.get("Signature"));
  const algorithm = algorithms.get(decoded(raw?.get("SigAlg")) ?? "");
  if (!raw || !message || !signature || !algorithm || raw.has(other[kind])) return null;
  const encoding = raw.get("SAMLEncoding");
  if (encoding !== undefined && decoded(encoding) !== deflate) return null;

  const signed = [kind, "RelayState", "SigAlg"]
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`);
  const bytes = Buffer.from(signed.join("&"));
  const proof = bytesOf(signature);
  if (!proof || !certificates.some((certificate) => verify(algorithm, bytes, certificate, proof))) return null;
  const root = parseXml(inflated(decoded(message)) ?? "");
  return root ? { root, relayState: decoded(raw.get("RelayState")) } : null;
}

const other = { SAMLRequest: "SAMLResponse", SAMLResponse: "SAMLRequest" } as const;
const deflate = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";
const known = ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding"];

/** The parameters as they came, not decoded; null where one comes twice, or under a name in disguise. */
function rawParameters(query: string): Map<string, string> | null {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    const [name = "", ...value] = pair.split("=");
    const plain = decoded(name);
    if (plain === null || parameters.has(name)) return null;
    if (plain !== name && known.includes(plain)) return null;
    if (known.includes(name)) parameters.set(name, value.join("="));
  }
  return parameters;
}

function decoded(value: string | undefined): string | null {
  try {
    return value === undefined ? null : decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return null;
  }
}

function inflated(base64: string | null): string | null {
  const bytes = base64 === null ? null : bytesOf(base64);
  try {
    const plain = bytes && inflateRawSync(bytes, { maxOutputLength: longest.message });
    return plain && textIn(plain);
  } catch {
    return null; // not deflated, or more than the limit
  }
}
