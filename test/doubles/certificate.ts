import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate authority made for one test run, and a server certificate that it signed. All PEM. */
export type TestCertificate = { ca: string; certificate: string; key: string };

/** Makes both with `node:crypto` alone (X.509 v3 by hand, ECDSA P-256), so that tests need no `openssl`. */
export function makeTestCertificate(hosts: readonly string[] = ["localhost"]): TestCertificate {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = name(`Vahva test CA ${randomBytes(4).toString("hex")}`);
  const ca = certificate({
    issuer,
    subject: issuer,
    key: authority.publicKey,
    by: authority.privateKey,
    extensions: [basicConstraints],
  });
  const leaf = certificate({
    issuer,
    subject: name(hosts[0] ?? "localhost"),
    key: server.publicKey,
    by: authority.privateKey,
    extensions: [subjectAltName(hosts)],
  });
  const key = server.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { ca, certificate: leaf, key };
}

/**
 * A self-signed certificate of an RSA key, as SAML parties have, and that key in PKCS #8; all PEM. It is good for as long as
 * any test's clock runs, unless told otherwise.
 */
export function makeRsaCertificate(
  commonName: string,
  { from = new Date("2020-01-01"), until = new Date("2045-01-01") }: { from?: Date; until?: Date } = {},
): { certificate: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const self = name(commonName);
  const pem = certificate({ issuer: self, subject: self, key: publicKey, by: privateKey, extensions: [], from, until });
  return { certificate: pem, privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

const daysFromNow = (days: number): Date => new Date(Date.now() + days * 86_400_000);

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const name = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
const utcTime = (date: Date): Buffer =>
  der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/gu, "").slice(2, 14)}Z`));
const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([255]))] : []), der(0x04, value));

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const rsaWithSha256 = sequence(oid("2a864886f70d01010b"), der(0x05));
const basicConstraints = extension("551d13", sequence(der(0x01, Buffer.from([255]))), true);
const subjectAltName = (hosts: readonly string[]): Buffer =>
  extension(
    "551d11",
    sequence(...hosts.map((host) => der(0x82, Buffer.from(host))), der(0x87, Buffer.from([127, 0, 0, 1]))),
  );

type Body = {
  issuer: Buffer;
  subject: Buffer;
  key: KeyObject;
  by: KeyObject;
  extensions: Buffer[];
  from?: Date;
  until?: Date;
};

function certificate({ issuer, subject, key, by, extensions, from, until }: Body): string {
  const algorithm = by.asymmetricKeyType === "rsa" ? rsaWithSha256 : ecdsaWithSha256;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    issuer,
    sequence(utcTime(from ?? daysFromNow(-1)), utcTime(until ?? daysFromNow(30))),
    subject,
    key.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, by));
  const pem =
    sequence(body, algorithm, signature)
      .toString("base64")
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${pem.join("\n")}\n-----END CERTIFICATE-----\n`;
}
