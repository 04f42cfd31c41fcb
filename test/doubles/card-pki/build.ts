import { appendFileSync, copyFileSync, readFileSync } from "node:fs";
import type { CaName, Kind, Openssl } from "./openssl.ts";
import { password } from "./openssl.ts";

/** A key for `openssl genpkey`. */
const keys = {
  p256: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  p384: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  p521: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
  rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
  "rsa-1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
} as const;

export type Issue = Readonly<{
  name: string;
  subject: string;
  key?: keyof typeof keys;
  kind?: Kind;
  by?: CaName;
  digest?: string;
  /** `YYYYMMDDHHMMSSZ`; else from an hour ago for five years. */
  from?: string;
  until?: string;
}>;

const person = (surname: string, givenName: string, serialNumber: string, organisation = "") =>
  `/C=FI${organisation && `/O=${organisation}`}/serialNumber=${serialNumber}/SN=${surname}/GN=${givenName}/CN=${surname} ${givenName} ${serialNumber}`;

/** The cards and what goes by as one; each is `<name>.crt`, `.key`, `.chain.crt`, `.p12`. */
const issues: readonly Issue[] = [
  { name: "rsa", key: "rsa", subject: person("Meikäläinen", "Matti", "99900001N") },
  { name: "ec", subject: person("Öhman", "Åsa", "99900002R") },
  { name: "p256", key: "p256", subject: person("Korhonen", "Kaisa", "99900008Y") },
  { name: "same-name", subject: person("Öhman", "Åsa", "99900002R") },
  { name: "org", subject: person("Virtanen", "Virpi", "99900007X", "Testi Oy") },
  { name: "revoked", subject: person("Revoked", "Reijo", "99900003S") },
  { name: "hold", subject: person("Hold", "Heikki", "99900004T") },
  {
    name: "expired",
    subject: person("Expired", "Erkki", "99900005U"),
    from: "20200101000000Z",
    until: "20210101000000Z",
  },
  {
    name: "early",
    subject: person("Early", "Eero", "99900009A"),
    from: "20480101000000Z",
    until: "20490101000000Z",
  },
  { name: "signature", kind: "signature-card", subject: person("Öhman", "Åsa", "99900002R") },
  { name: "encipher-only", kind: "mixed-card", subject: person("Öhman", "Åsa", "99900002R") },
  { name: "odd", kind: "odd-card", subject: person("Odd", "Outi", "99900010B") },
  { name: "mute", kind: "mute-card", subject: person("Mute", "Miina", "99900011C") },
  { name: "weak-rsa", key: "rsa-1024", subject: person("Weak", "Veikko", "99900012D") },
  { name: "weak-curve", key: "p521", subject: person("Weak", "Venla", "99900013E") },
  { name: "weak-digest", digest: "sha1", subject: person("Weak", "Ville", "99900014F") },
  { name: "server-of-issuer", kind: "server", subject: "/C=FI/O=Testi Oy/CN=localhost" },
  { name: "server-only", kind: "server-only", subject: "/C=FI/O=Testi Oy/CN=localhost" },
  { name: "sub-ca", kind: "sub-ca", subject: "/C=FI/O=Test Cards/CN=A CA below the last" },
  { name: "server", kind: "server", by: "service", subject: "/C=FI/O=Testi Oy/CN=localhost" },
  { name: "responder", kind: "responder", subject: "/C=FI/O=Test Cards/CN=Test OCSP" },
];

/** Root → intermediate → issuing CA, a service CA for servers beside it, a look-alike, and all the cards. */
export function build({ run, file }: Openssl) {
  const key = (name: string, kind: keyof typeof keys = "p384") => run("genpkey", ...keys[kind], "-out", `${name}.key`);
  const request = (name: string, subject: string) =>
    run("req", "-new", "-key", `${name}.key`, "-utf8", "-subj", subject, "-out", `${name}.csr`);
  const ownRoot = (name: string, subject: string) => {
    key(name);
    run("req", "-x509", "-new", "-sha384", "-key", `${name}.key`, "-days", "7300", "-extensions", "root-ca",
      "-utf8", "-subj", subject, "-out", `${name}.crt`); // biome-ignore format: a command line
  };
  const sign = (name: string, by: CaName, section: string, extra: readonly string[] = []) =>
    run("ca", "-batch", "-name", by, "-extensions", section, "-notext", "-utf8", "-in", `${name}.csr`,
      "-out", `${name}.crt`, ...extra); // biome-ignore format: a command line
  const ca = (name: CaName, by: CaName, section: string, subject: string) => {
    key(name);
    request(name, subject);
    sign(name, by, section, ["-days", "3650"]);
  };
  const bundle = (name: string) => {
    copyFileSync(file(`${name}.crt`), file(`${name}.chain.crt`));
    for (const above of ["issuing.crt", "intermediate.crt"])
      appendFileSync(file(`${name}.chain.crt`), readFileSync(file(above)));
    run("pkcs12", "-export", "-inkey", `${name}.key`, "-in", `${name}.crt`, "-certfile", "issuing.crt",
      "-name", `card-${name}`, "-passout", `pass:${password}`, "-out", `${name}.p12`); // biome-ignore format: a command line
  };

  const issuingSubject = "/C=FI/O=Test Cards/OU=Organisation certificates/CN=Test Organisation Cards CA";
  ownRoot("root", "/C=FI/O=Test Cards/CN=Test Root CA");
  ca("intermediate", "root", "intermediate-ca", "/C=FI/O=Test Cards/CN=Test Policy CA");
  ca("issuing", "intermediate", "issuing-ca", issuingSubject);
  ca("service", "intermediate", "issuing-ca", "/C=FI/O=Test Cards/CN=Test Service Certificates CA");
  ownRoot("look-alike", issuingSubject);

  const issue = ({ name, subject, key: kind, kind: section = "card", by = "issuing", ...rest }: Issue) => {
    key(name, kind);
    request(name, subject);
    const { digest, from, until } = rest;
    sign(name, by, section, [
      ...(digest ? ["-md", digest] : []),
      "-startdate",
      from ?? anHourAgo(),
      ...(until ? ["-enddate", until] : []),
    ]);
    bundle(name);
  };
  issues.forEach(issue);

  /** Signed past the books: `openssl ca` has never seen them. */
  const unrecorded = (name: string, of: string, by: string, serial: string, section = "card") => {
    if (name !== of) copyFileSync(file(`${of}.key`), file(`${name}.key`));
    run("x509", "-req", "-in", `${of}.csr`, "-CA", `${by}.crt`, "-CAkey", `${by}.key`, "-set_serial", `0x${serial}`,
      "-sha384", "-days", "365", "-extfile", "openssl.cnf", "-extensions", section, "-out", `${name}.crt`); // biome-ignore format: a command line
    bundle(name);
  };
  key("unknown");
  request("unknown", person("Unknown", "Uuno", "99900006V"));
  unrecorded("unknown", "unknown", "issuing", "ABCDEF");
  // OCSP knows this serial number as good.
  unrecorded("forged", "ec", "look-alike", serialOf(run, "ec"));
  unrecorded("stranger", "ec", "root", "777001");
  unrecorded("foreign-responder", "responder", "look-alike", "777002", "responder");
  key("self-signed");
  run("req", "-x509", "-new", "-sha384", "-key", "self-signed.key", "-days", "365", "-extensions", "card", "-utf8",
    "-subj", person("Öhman", "Åsa", "99900002R"), "-out", "self-signed.crt"); // biome-ignore format: a command line
  bundle("self-signed");

  /** The TLS certificate of a server at localhost, under the root. */
  key("tls");
  request("tls", "/C=FI/O=Test Cards/CN=localhost");
  unrecorded("tls", "tls", "root", "777003", "server");

  run("ca", "-name", "issuing", "-revoke", "revoked.crt", "-crl_reason", "keyCompromise");
  run("ca", "-name", "issuing", "-revoke", "hold.crt", "-crl_reason", "certificateHold");
  return { issue, unrecorded };
}

/** So that a card is good at once by any clock of the test. */
const anHourAgo = (): string => `${new Date(Date.now() - 3_600_000).toISOString().replace(/[-:T]|\.\d+Z$/gu, "")}Z`;

const serialOf = (run: Openssl["run"], name: string): string =>
  run("x509", "-in", `${name}.crt`, "-noout", "-serial").toString().trim().replace("serial=", "");
