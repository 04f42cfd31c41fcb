import { CompactEncrypt, type CompactJWSHeaderParameters, CompactSign, type JWK, type JWTPayload } from "jose";
import type { BrokerKey } from "./keys.ts";

/** An ID token before it is made: what it says, how it is signed, and how that is encrypted. */
export type Draft = Readonly<{
  claims: JWTPayload;
  header: CompactJWSHeaderParameters;
  key: BrokerKey;
  sign: (draft: Draft) => Promise<string>;
  seal: (jws: string) => Promise<string>;
}>;

/** As every draft is signed, unless it is forged. */
export const signed = ({ claims, header, key }: Draft): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader(header).sign(key.privateKey);

/** A nested JWT (RFC 7519 §5.2): the signed one, encrypted to a key. */
export const encrypted = (jws: string, key: JWK, { alg, enc }: { alg: string; enc: string }): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(jws))
    .setProtectedHeader({ alg, enc, cty: "JWT", ...(key.kid !== undefined && { kid: key.kid }) })
    .encrypt(key);
