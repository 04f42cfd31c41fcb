import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../../harness/free-port.ts";
import { part } from "../../harness/parts.ts";
import { until } from "../../harness/service.ts";
import { makeRsaCertificate } from "../certificate.ts";
import { suomifiPeople } from "./people.ts";

const needed = ["php", "simplesamlphp"] as const;

/** Why there can be no SimpleSAMLphp here, as a sentence for a test's `skip`; false when it can. */
export const noSimpleSamlPhp = (): string | false => {
  const missing = needed.map(part).find((found) => "missing" in found);
  return missing && "missing" in missing ? missing.missing : false;
};

function pathOf(name: (typeof needed)[number]): string {
  const found = part(name);
  if ("missing" in found) throw new Error(found.missing);
  return found.path;
}

/** The password of everybody there; the names are those of `suomifiPeople`. */
export const password = "demo";

/**
 * SimpleSAMLphp as an identity provider with Suomi.fi's profile, on loopback: signed requests only, signed responses, assertions
 * signed and encrypted. It encrypts by AES-128-CBC; with `gcm`, by AES-256-GCM, for which one word of it is changed.
 */
export async function startSimpleSamlPhp({ gcm = false }: { gcm?: boolean } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), "vahva-simplesamlphp-"));
  const entityId = `${url}/idp1`;
  const www = pathOf("simplesamlphp");
  configure(folder, { url, entityId });
  if (gcm) writeFileSync(join(folder, "gcm.php"), withGcm(dirname(www)));

  const first = gcm ? ["-d", `auto_prepend_file=${join(folder, "gcm.php")}`] : [];
  const args = ["-d", "display_errors=0", ...first, "-S", `127.0.0.1:${port}`, "-t", www];
  const env = { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: join(folder, "config") };
  const php = spawn(pathOf("php"), args, { env, stdio: "ignore", cwd: folder });
  const readMetadata = async () => {
    const answer = await fetch(`${url}/saml2/idp/metadata.php`).catch(() => undefined);
    return answer?.status === 200 ? answer.text() : undefined;
  };
  const metadata = await until(readMetadata, "SimpleSAMLphp's metadata");

  return {
    url,
    entityId,
    metadata,
    /** Tells it of us. Its own form of metadata is a list in PHP, which is read from JSON here. */
    register: (serviceProvider: ServiceProvider) =>
      writeFileSync(join(folder, "sp.json"), JSON.stringify({ [serviceProvider.entityId]: formOf(serviceProvider) })),
    log: () => readFileSync(join(folder, "log", "simplesamlphp.log"), "utf8"),
    stop: async () => {
      await ended(php);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestSimpleSamlPhp = Awaited<ReturnType<typeof startSimpleSamlPhp>>;

export type ServiceProvider = Readonly<{
  entityId: string;
  acsUrl: string;
  logoutUrl: string;
  signing: string;
  encryption: string;
}>;

function formOf({ entityId, acsUrl, logoutUrl, signing, encryption }: ServiceProvider) {
  const bare = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, "");
  const binding = "urn:oasis:names:tc:SAML:2.0:bindings:";
  const key = { type: "X509Certificate" };
  return {
    entityid: entityId,
    AssertionConsumerService: [{ index: 1, Binding: `${binding}HTTP-POST`, Location: acsUrl }],
    SingleLogoutService: [{ Binding: `${binding}HTTP-Redirect`, Location: logoutUrl }],
    keys: [
      { ...key, signing: true, encryption: false, X509Certificate: bare(signing) },
      { ...key, signing: false, encryption: true, X509Certificate: bare(encryption) },
    ],
    "validate.authnrequest": true,
    "validate.logout": true,
    "assertion.encryption": true,
  };
}

function configure(folder: string, { url, entityId }: { url: string; entityId: string }): void {
  for (const name of ["config", "metadata", "cert", "log", "data", "tmp"]) mkdirSync(join(folder, name));
  const { certificate, privateKey } = makeRsaCertificate("simplesamlphp");
  const users = Object.fromEntries(
    Object.entries(suomifiPeople).map(([name, { attributes }]) => [`${name}:${password}`, attributes]),
  );
  const files = {
    "cert/idp.crt": certificate,
    "cert/idp.key": privateKey,
    "sp.json": "{}",
    "users.json": JSON.stringify(users),
    "config/config.php": config(folder, url),
    "config/authsources.php": `<?php
$config = ['people' => array_merge(['exampleauth:UserPass'], json_decode(file_get_contents('${folder}/users.json'), true))];
`,
    "metadata/saml20-idp-hosted.php": hosted(entityId),
    "metadata/saml20-sp-remote.php": `<?php
$metadata = json_decode(file_get_contents('${folder}/sp.json'), true);
`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** Debian's own configuration, then ours. */
const config = (folder: string, url: string): string => `<?php
require '/usr/share/simplesamlphp/config/config.php';
$config = array_merge($config, [
  'baseurlpath' => '${url}/', 'certdir' => '${folder}/cert/', 'loggingdir' => '${folder}/log/',
  'datadir' => '${folder}/data/', 'tempdir' => '${folder}/tmp/', 'metadatadir' => '${folder}/metadata/',
  'secretsalt' => 'for-tests-and-no-secret', 'auth.adminpassword' => 'for-tests-and-no-secret',
  'admin.checkforupdates' => false, 'timezone' => 'Europe/Helsinki',
  'logging.handler' => 'file', 'logging.level' => SimpleSAML\\Logger::INFO, 'statistics.out' => [],
  'enable.saml20-idp' => true, 'session.cookie.secure' => false, 'session.cookie.samesite' => 'Lax',
  'session.phpsession.savepath' => '${folder}/tmp', 'language.default' => 'en',
  'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
]);
`;

const hosted = (entityId: string): string => `<?php
$metadata['${entityId}'] = [
  'host' => '__DEFAULT__', 'privatekey' => 'idp.key', 'certificate' => 'idp.crt', 'auth' => 'people',
  'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
  'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  'validate.authnrequest' => true, 'redirect.validate' => true, 'redirect.sign' => true,
  'saml20.sign.response' => true, 'saml20.sign.assertion' => true, 'assertion.encryption' => true,
  'authproc' => [90 => ['class' => 'saml:AuthnContextClassRef', 'AuthnContextClassRef' => '${suomifiPeople.nordea.method}']],
];
`;

/** PHP that defines the class which encrypts, before it is looked for, with the cipher that Suomi.fi uses. */
function withGcm(program: string): string {
  const source = readFileSync(join(program, "vendor/simplesamlphp/saml2/src/SAML2/EncryptedAssertion.php"), "utf8");
  const changed = source.replace(
    "XMLSecurityKey(XMLSecurityKey::AES128_CBC)",
    "XMLSecurityKey(XMLSecurityKey::AES256_GCM)",
  );
  if (changed === source) throw new Error("this SimpleSAMLphp chooses its cipher elsewhere");
  return changed;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}
