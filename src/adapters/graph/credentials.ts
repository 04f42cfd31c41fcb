import { createHash, createPrivateKey, type KeyObject, randomUUID, X509Certificate } from "node:crypto";
import { SignJWT } from "jose";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { Settings } from "./settings.ts";

/** What the application proves itself by: its certificate, and the key to it. */
export type Credentials = Readonly<{ certificate: X509Certificate; key: KeyObject }>;

/** The certificate with its private key in PEM; or what is wrong with the key. */
export function readCredentials(
  settings: Pick<Settings, "certificate">,
  secret: string | null,
): Credentials | Readonly<{ wrong: string }> {
  if (secret === null) return { wrong: "The certificate's private key is missing." };
  const certificate = new X509Certificate(settings.certificate);
  try {
    const key = createPrivateKey(secret);
    return certificate.checkPrivateKey(key)
      ? { certificate, key }
      : { wrong: "The private key is not the certificate's." };
  } catch {
    return { wrong: "The private key can't be read: it must be PEM, without a passphrase." };
  }
}

/** Says once, to the token endpoint at `audience`, that we are `clientId` (RFC 7523, with Entra ID's headers). */
export function signAssertion({ certificate, key }: Credentials, clientId: string, audience: string, now: Instant) {
  return new SignJWT({})
    .setProtectedHeader({
      alg: "PS256",
      typ: "JWT",
      "x5t#S256": createHash("sha256").update(certificate.raw).digest("base64url"),
    })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(plus(now, minutes(5)))
    .sign(key);
}
