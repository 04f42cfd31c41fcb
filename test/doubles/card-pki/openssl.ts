import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the certificates of a hierarchy point. */
export type Addresses = Readonly<{ ocsp: string; crl: string }>;

/** Password of every `.p12`; also a card's PIN. */
export const password = "1234";

export type CaName = "root" | "intermediate" | "issuing" | "service";
const caNames: readonly CaName[] = ["root", "intermediate", "issuing", "service"];

/** What a certificate is for: a section of the configuration below. */
export type Kind =
  | "card"
  | "signature-card"
  | "mixed-card"
  | "server"
  | "server-only"
  | "sub-ca"
  | "responder"
  | "odd-card"
  | "mute-card"
  | "elsewhere-card";

/** OpenSSL's command line over one folder, which holds a CA's books as `openssl ca` keeps them. */
export function makeOpenssl(dir: string, addresses: Addresses) {
  const file = (name: string) => join(dir, name);
  writeFileSync(file("openssl.cnf"), configuration(dir, addresses));
  for (const ca of caNames) {
    writeFileSync(file(`${ca}.index`), "");
    writeFileSync(file(`${ca}.index.attr`), "unique_subject = no\n");
    writeFileSync(file(`${ca}.crlnumber`), "01\n");
  }
  const env = { ...process.env, OPENSSL_CONF: file("openssl.cnf") };
  const run = (...args: string[]): Buffer =>
    execFileSync("openssl", args, { cwd: dir, env, stdio: ["ignore", "pipe", "pipe"] });
  return { run, file };
}

export type Openssl = ReturnType<typeof makeOpenssl>;

function configuration(dir: string, { ocsp, crl }: Addresses): string {
  const books = caNames.map(
    (ca) => `[${ca}]
dir = ${dir}
database = ${dir}/${ca}.index
crlnumber = ${dir}/${ca}.crlnumber
new_certs_dir = ${dir}
rand_serial = yes
certificate = ${dir}/${ca}.crt
private_key = ${dir}/${ca}.key
default_md = sha384
default_days = 1825
default_crl_days = 1
policy = any
copy_extensions = none
unique_subject = no
email_in_dn = no
string_mask = utf8only
`,
  );
  const ca = (pathLength: number, points: string) => `basicConstraints = critical,CA:TRUE,pathlen:${pathLength}
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
${points}`;
  const leaf = (usage: string, rest: string) => `basicConstraints = critical,CA:FALSE
keyUsage = critical,${usage}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
${rest}`;
  const points = `authorityInfoAccess = OCSP;URI:${ocsp}
crlDistributionPoints = URI:${crl}/issuing.crl`;
  const policy = "certificatePolicies = 1.2.246.517.1.10.203";
  return `${books.join("\n")}
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
serialNumber = optional
givenName = optional
surname = optional
commonName = supplied
[req]
distinguished_name = dn
string_mask = utf8only
utf8 = yes
prompt = no
[dn]
CN = placeholder
[root-ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[intermediate-ca]
${ca(1, `crlDistributionPoints = URI:${crl}/root.crl`)}
[issuing-ca]
${ca(0, `crlDistributionPoints = URI:${crl}/intermediate.crl`)}
[card]
${leaf("digitalSignature,keyEncipherment,dataEncipherment", `${policy}\n${points}`)}
extendedKeyUsage = clientAuth
subjectAltName = email:card@example.test,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:card@example.test
[signature-card]
${leaf("nonRepudiation", `${policy}\n${points}`)}
[mixed-card]
${leaf("keyEncipherment", `${policy}\n${points}`)}
[server]
${leaf("digitalSignature", `certificatePolicies = 1.2.246.517.1.10.301.4\n${points}`)}
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = DNS:localhost,DNS:card.localhost,DNS:*.card.localhost,IP:127.0.0.1
[server-only]
${leaf("digitalSignature", `${policy}\n${points}`)}
extendedKeyUsage = serverAuth
[sub-ca]
${ca(0, `${policy}\n${points}`)}
[odd-card]
${leaf("digitalSignature", `${policy}\n${points}`)}
1.2.246.999.1 = critical,ASN1:UTF8String:demand
[mute-card]
${leaf("digitalSignature", policy)}
[elsewhere-card]
${leaf("digitalSignature", policy)}
authorityInfoAccess = OCSP;URI:http://169.254.169.254/ocsp
crlDistributionPoints = URI:http://169.254.169.254/list.crl
[responder]
${leaf("digitalSignature", "noCheck = ignored")}
extendedKeyUsage = critical,OCSPSigning
`;
}
