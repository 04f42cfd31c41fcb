import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Attribute, Change, Client, type Entry } from "ldapts";
import { eventually } from "../harness/eventually.ts";
import { freePort } from "../harness/free-port.ts";
import { part, pathOf } from "../harness/parts.ts";
import { makeTestCertificate } from "./certificate.ts";

/** Why there can be no slapd here, as a sentence for a test's `skip`; false when it can. */
export const noSlapd = (): string | false => {
  const found = part("slapd");
  return "missing" in found ? found.missing : false;
};

export const suffix = "dc=example,dc=fi";
export const people = `ou=people,${suffix}`;
const root = { dn: `cn=root,${suffix}`, password: "root-secret" };
/** Who may write, and who may only read. */
export const vahva = { dn: `cn=vahva,${suffix}`, password: "vahva secret ä" };
export const reader = { dn: `cn=reader,${suffix}`, password: "reader-secret" };

/**
 * OpenLDAP's own server with password policies, LDAPS and STARTTLS by an authority of its own, no bind in plain text, and some
 * of what Active Directory has: its attributes, and with `activeDirectory` what its root says of itself.
 */
export async function startSlapd({ activeDirectory = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "vahva-slapd-"));
  const [plain, tls] = [await freePort(), await freePort()];
  const certificate = makeTestCertificate();
  const file = (name: string) => join(folder, name);
  await mkdir(file("db"));
  await writeFile(file("cert.pem"), certificate.certificate);
  await writeFile(file("key.pem"), certificate.key, { mode: 0o600 });
  await writeFile(
    file("root.ldif"),
    `dn:\n${activeDirectory ? "supportedCapabilities: 1.2.840.113556.1.4.800\n" : ""}`,
  );
  await writeFile(file("slapd.conf"), configuration(folder));
  await writeFile(file("first.ldif"), firstEntries);
  const added = spawnSync(pathOf("slapd"), ["-T", "add", "-f", file("slapd.conf"), "-l", file("first.ldif")]);
  if (added.status !== 0) throw new Error(`slapadd: ${added.stderr}`);

  const start = (): ChildProcess => {
    const addresses = `ldap://127.0.0.1:${plain} ldaps://127.0.0.1:${tls}`;
    return spawn(pathOf("slapd"), ["-d", "0", "-f", file("slapd.conf"), "-h", addresses], { stdio: "ignore" });
  };
  const bound = async <T>(dn: string, password: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: `ldaps://localhost:${tls}`, tlsOptions: { ca: certificate.ca }, timeout: 10_000 });
    try {
      await client.bind(dn, password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  const asRoot = <T>(work: (client: Client) => Promise<T>): Promise<T> => bound(root.dn, root.password, work);
  let process = start();
  await eventually(() => asRoot(async () => {}));

  return {
    urls: { plain: `ldap://localhost:${plain}`, tls: `ldaps://localhost:${tls}` },
    ca: certificate.ca,
    add: (dn: string, attributes: Record<string, string | string[]>) => asRoot((client) => client.add(dn, attributes)),
    remove: (dn: string) => asRoot((client) => client.del(dn)),
    /** All of an entry, operational attributes too. */
    read: async (dn: string): Promise<Entry | undefined> =>
      asRoot(async (client) => {
        const { searchEntries } = await client.search(dn, { scope: "base", attributes: ["*", "+"] });
        return searchEntries[0];
      }),
    /** As an administrator there would, or whoever has bound. No values take the attribute away. */
    set: (dn: string, type: string, values: (string | Buffer)[], operation: "add" | "replace" = "replace") =>
      asRoot((client) => {
        const buffers = values.map((value) => Buffer.from(value));
        return client.modify(dn, new Change({ operation, modification: new Attribute({ type, values: buffers }) }));
      }),
    /** Whether somebody gets in there. */
    canBind: (dn: string, password: string): Promise<boolean> =>
      bound(dn, password, async () => true).catch(() => false),
    /** As a person does, who may do nothing else while their password has expired. */
    changeOwnPassword: (dn: string, from: string, to: string) =>
      bound(dn, from, (client) => {
        const modification = new Attribute({ type: "userPassword", values: [to] });
        return client.modify(dn, new Change({ operation: "replace", modification }));
      }),
    /** Ends it at once, whatever it was doing. */
    kill: () => process.kill("SIGKILL"),
    stop: async () => {
      await ended(process);
      await rm(folder, { recursive: true, force: true });
    },
    restart: async () => {
      await ended(process);
      process = start();
      await eventually(() => asRoot(async () => {}));
    },
  };
}

export type TestSlapd = Awaited<ReturnType<typeof startSlapd>>;

const number = "1.3.6.1.4.1.1466.115.121.1.27";
const text = "1.3.6.1.4.1.1466.115.121.1.15";
const bytes = "1.3.6.1.4.1.1466.115.121.1.40";

const configuration = (folder: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'otpSeed' EQUALITY octetStringMatch SYNTAX ${bytes} )
attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'otpNote' SYNTAX ${bytes} )
attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'accountState' EQUALITY caseIgnoreMatch SYNTAX ${text} SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.4 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX ${number} SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.5 NAME 'pwdLastSet' EQUALITY integerMatch SYNTAX ${number} SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.6 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX ${text} SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.7 NAME 'supportedCapabilities' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'account2' SUP top AUXILIARY
  MAY ( otpSeed $ otpNote $ accountState $ userAccountControl $ pwdLastSet $ sAMAccountName ) )
pidfile ${folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
security simple_bind=128
rootDSE ${folder}/root.ldif
database mdb
suffix "${suffix}"
rootdn "${root.dn}"
rootpw ${root.password}
directory ${folder}/db
dbnosync
access to dn.subtree="${people}" by dn.exact="${vahva.dn}" manage by dn.exact="${reader.dn}" read by self write by anonymous auth
access to * by dn.exact="${vahva.dn}" read by dn.exact="${reader.dn}" read by anonymous auth
overlay ppolicy
ppolicy_default "cn=policy,${suffix}"
`;

const firstEntries = `dn: ${suffix}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ${people}
objectClass: organizationalUnit
ou: people

dn: cn=policy,${suffix}
objectClass: pwdPolicy
objectClass: device
cn: policy
pwdAttribute: userPassword
pwdMustChange: TRUE
pwdLockout: TRUE
pwdMaxFailure: 5

${[vahva, reader].map(({ dn, password }) => `dn: ${dn}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\nuserPassword:: ${Buffer.from(password).toString("base64")}\n`).join("\n")}`;

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await exit;
  clearTimeout(timer);
}
