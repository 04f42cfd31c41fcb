import { createPublicKey } from "node:crypto";
import { CompactEncrypt, type JWK, SignJWT } from "jose";
import { type Instant, minutes, plus } from "../../../kernel/time.ts";
import { algorithms, type BankAddresses, demoLevel } from "./addresses.ts";
import type { Ticket } from "./code.ts";
import type { BankKey } from "./keys.ts";
import { type DemoPerson, personClaims } from "./people.ts";

/** How long the service has to look at it. */
const tokenLife = minutes(10);

export type TokenParts = Readonly<{
  addresses: BankAddresses;
  ticket: Ticket;
  person: DemoPerson;
  /** New at each identification: brokers promise nothing of it. */
  sub: string;
  signing: BankKey;
  encryption: JWK;
  now: Instant;
}>;

/** An ID token, signed by the bank and encrypted for the client (OpenID Connect Core §10.2). */
export async function makeIdToken({ addresses, ticket, person, sub, signing, encryption, now }: TokenParts) {
  const { issuer, client } = addresses;
  const claims = {
    azp: client.id,
    nonce: ticket.nonce,
    acr: demoLevel,
    amr: [`${issuer}/means/${ticket.means}`],
    auth_time: Math.floor(ticket.at.getTime() / 1000),
    ...personClaims(person),
  };
  const signed = await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithms.signature, typ: "JWT", kid: signing.kid })
    .setIssuer(issuer)
    .setSubject(sub)
    .setAudience([client.id])
    .setIssuedAt(now)
    .setExpirationTime(plus(now, tokenLife))
    .sign(signing.privateKey);
  // As a key object: a JWK may name another hash than the one that is used.
  const { kty, n, e, kid } = encryption;
  const key = createPublicKey({ key: { kty: String(kty), n: String(n), e: String(e) }, format: "jwk" });
  return new CompactEncrypt(new TextEncoder().encode(signed))
    .setProtectedHeader({
      alg: algorithms.keyEncryption,
      enc: algorithms.contentEncryption,
      cty: "JWT",
      ...(kid && { kid }),
    })
    .encrypt(key);
}
