import { createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import type { Instant } from "../../../../kernel/time.ts";

/** DER (X.690): a tag, the length, the contents. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const contents = Buffer.concat(parts);
  const size = contents.length;
  const bytes = size < 0x80 ? [] : size < 0x100 ? [size] : [size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...(bytes.length > 0 ? [0x80 | bytes.length, ...bytes] : [size])), contents]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

/** RFC 5280 §4.1.2.5: two digits of the year until 2049, four from then on. */
function time(instant: Instant): Buffer {
  const digits = instant.toISOString().replace(/[-:T]|\.\d+/g, "");
  return instant.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

const sha256WithRsa = sequence(Buffer.from("06092a864886f70d01010b0500", "hex"));
const commonName = Buffer.from("0603550403", "hex");

/** `ub-common-name` of RFC 5280: no certificate has a longer one. */
const longestName = 64;

/**
 * A self-signed certificate (X.509 v3, PEM) around an RSA key: brokers that speak SAML want one, and look at nothing but
 * its key and its dates. `serial` is 16 random bytes.
 */
export function selfSigned(
  privateKey: KeyObject,
  { name, serial, from, until }: { name: string; serial: Buffer; from: Instant; until: Instant },
): string {
  const text = der(0x0c, Buffer.from(name.slice(0, longestName)));
  const subject = sequence(der(0x31, sequence(commonName, text)));
  const version3 = der(0xa0, der(0x02, Buffer.of(2)));
  // Positive and never zero: the first byte is between 0x40 and 0x7f.
  const number = der(0x02, Buffer.of(((serial[0] ?? 0) & 0x3f) | 0x40), serial.subarray(1));
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const validity = sequence(time(from), time(until));
  const body = sequence(version3, number, sha256WithRsa, subject, validity, subject, publicKey);
  const signature = der(0x03, Buffer.of(0), sign("sha256", body, privateKey));
  return new X509Certificate(sequence(body, sha256WithRsa, signature)).toString();
}
