import { sign, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";

export type ListContents = Readonly<{
  /** PEM. */
  issuer: string;
  key: string;
  serials: Iterable<Buffer>;
  from: Date;
  until: Date;
  /** DER of the list's extensions, and of those of every entry. */
  extensions?: readonly Buffer[];
  entryExtensions?: readonly Buffer[];
}>;

/** A revocation list of any size, which `openssl ca` would take its time over; ECDSA with SHA-384. */
export function makeList({
  issuer,
  key,
  serials,
  from,
  until,
  extensions = [],
  entryExtensions = [],
}: ListContents): Buffer {
  const algorithm = der(0x30, Buffer.from("06082a8648ce3d040303", "hex"));
  const name = AsnConvert.serialize(
    AsnConvert.parse(new X509Certificate(issuer).raw, Certificate).tbsCertificate.subject,
  );
  const revokedAt = time(from);
  const more = entryExtensions.length > 0 ? [der(0x30, ...entryExtensions)] : [];
  const entries = [...serials].map((serial) => der(0x30, der(0x02, serial), revokedAt, ...more));
  const body = der(
    0x30,
    Buffer.from("020101", "hex"),
    algorithm,
    Buffer.from(name),
    time(from),
    time(until),
    ...(entries.length > 0 ? [der(0x30, Buffer.concat(entries))] : []),
    ...(extensions.length > 0 ? [der(0xa0, der(0x30, ...extensions))] : []),
  );
  return der(0x30, body, algorithm, der(0x03, Buffer.from([0]), sign("sha384", body, key)));
}

/** An extension by the DER of its OID's contents, hex. */
export function extension(oid: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [Buffer.from("0101ff", "hex")] : [];
  return der(0x30, der(0x06, Buffer.from(oid, "hex")), ...flag, der(0x04, value));
}

/** An element of DER. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, { length: one }) => sum + one, 0);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  const head = length < 0x80 ? Buffer.from([tag, length]) : Buffer.from([tag, 0x80 | bytes.length, ...bytes]);
  return Buffer.concat([head, ...parts]);
}

const time = (moment: Date): Buffer =>
  der(0x18, Buffer.from(`${moment.toISOString().replace(/[-:T]|\.\d+Z$/gu, "")}Z`));
