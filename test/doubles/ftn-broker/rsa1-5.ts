import { constants, createCipheriv, createHmac, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import type { JWK } from "jose";

/**
 * A JWE by RSAES-PKCS1-v1_5 and A128CBC-HS256 (RFC 7518 §4.2, §5.2.3), which is known to leak its key to those who may
 * ask often (Bleichenbacher). No library that we use makes one any more, so by hand.
 */
export function encryptedByRsa15(text: string, key: JWK): string {
  const header = Buffer.from(JSON.stringify({ alg: "RSA1_5", enc: "A128CBC-HS256", cty: "JWT", kid: key.kid }));
  const protectedHeader = header.toString("base64url");
  const contentKey = randomBytes(32);
  const vector = randomBytes(16);
  const cipher = createCipheriv("aes-128-cbc", contentKey.subarray(16), vector);
  const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(protectedHeader.length * 8));
  const tag = createHmac("sha256", contentKey.subarray(0, 16))
    .update(Buffer.concat([Buffer.from(protectedHeader, "ascii"), vector, content, length]))
    .digest()
    .subarray(0, 16);
  const publicKey = createPublicKey({ key: { ...key }, format: "jwk" });
  const wrapped = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, contentKey);
  return [header, wrapped, vector, content, tag].map((each) => each.toString("base64url")).join(".");
}
