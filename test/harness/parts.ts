import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A real program that some tests drive. `packages` are Debian's. */
type Known = { packages: readonly string[]; find(): string | undefined; tests: string };

const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/bin", "/usr/bin", "/usr/sbin", "/sbin"];

function onPath(name: string): string | undefined {
  return places.map((place) => join(place, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser that really runs: Ubuntu's package `chromium` is only a stub that points at a snap. */
function browser(): string | undefined {
  const own = process.env.CHROME_BIN;
  const found = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(onPath);
  const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  const candidates = [own, ...found, mac].filter((path) => path !== undefined && existsSync(path));
  return candidates.find((path) => path && spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0);
}

const file = (path: string) => () => (existsSync(path) ? path : undefined);
const sms = "text messages through a real gateway";
const apache = {
  packages: ["apache2", "libapache2-mod-auth-openidc"],
  tests: "sign-in to an application behind Apache",
};

const cardProxies = "certificate cards behind reverse proxies";

const saml = {
  packages: ["simplesamlphp", "php-cli", "php-sqlite3", "php-xml", "php-mbstring"],
  tests: "identification by a real SAML identity provider",
};

const cards = "certificate cards in a real browser";

/** One that has the headers of C and of PKCS#11. */
function compiler(): string | undefined {
  const path = onPath("gcc");
  const headers = "#include <stdio.h>\n#include <p11-kit/pkcs11.h>\n";
  const args = ["-fsyntax-only", "-I/usr/include/p11-kit-1", "-x", "c", "-"];
  return path && spawnSync(path, args, { input: headers, timeout: 20_000 }).status === 0 ? path : undefined;
}

/** A PHP that can run it: Debian only recommends the extension for XML. */
function php(): string | undefined {
  const path = onPath("php");
  const hasAll = "exit(extension_loaded('dom') && extension_loaded('mbstring') ? 0 : 1);";
  return path && spawnSync(path, ["-r", hasAll], { timeout: 20_000 }).status === 0 ? path : undefined;
}

/** Debian's, with the schemas and password policies; where AppArmor holds it, it can't read a test's folder. */
function slapd(): string | undefined {
  const held = "/sys/kernel/security/apparmor/profiles";
  if (existsSync(held) && /slapd \(enforce\)/u.test(readFileSync(held, "utf8"))) return undefined;
  const isWhole = ["/etc/ldap/schema/core.schema", "/usr/lib/ldap/ppolicy.so"].every((path) => existsSync(path));
  return isWhole ? onPath("slapd") : undefined;
}

/** Its secrets are for root and the web server, and Debian's configuration reads them. */
function simpleSamlPhp(): string | undefined {
  try {
    accessSync("/var/lib/simplesamlphp/secrets.inc.php", constants.R_OK);
    return file("/usr/share/simplesamlphp/www")();
  } catch {
    return undefined;
  }
}

const parts = {
  chromium: { packages: ["chromium"], find: browser, tests: "everything in a real browser" },
  oathtool: {
    packages: ["oathtool"],
    find: () => onPath("oathtool"),
    tests: "codes of an authenticator that is not ours",
  },
  zbarimg: { packages: ["zbar-tools"], find: () => onPath("zbarimg"), tests: "reading the QR code as a phone does" },
  bearerbox: { packages: ["kannel"], find: () => onPath("bearerbox"), tests: sms },
  smsbox: { packages: ["kannel"], find: () => onPath("smsbox"), tests: sms },
  fakesmsc: { packages: ["kannel-extras"], find: file("/usr/lib/kannel/test/fakesmsc"), tests: sms },
  apache: { ...apache, find: () => onPath("apache2") },
  "mod-auth-openidc": { ...apache, find: file("/usr/lib/apache2/modules/mod_auth_openidc.so") },
  php: { ...saml, find: php },
  simplesamlphp: { ...saml, find: simpleSamlPhp },
  openssl: {
    packages: ["openssl"],
    find: () => onPath("openssl"),
    tests: "certificate cards and who vouches for them",
  },
  "softhsm2-util": { packages: ["softhsm2"], find: () => onPath("softhsm2-util"), tests: cards },
  softhsm2: { packages: ["softhsm2"], find: file("/usr/lib/softhsm/libsofthsm2.so"), tests: cards },
  "pkcs11-tool": { packages: ["opensc"], find: () => onPath("pkcs11-tool"), tests: cards },
  certutil: { packages: ["libnss3-tools"], find: () => onPath("certutil"), tests: cards },
  gcc: { packages: ["gcc", "libc6-dev", "libp11-kit-dev"], find: compiler, tests: cards },
  nginx: { packages: ["nginx-light"], find: () => onPath("nginx"), tests: cardProxies },
  slapd: { packages: ["slapd"], find: slapd, tests: "directories by LDAP" },
  haproxy: { packages: ["haproxy"], find: () => onPath("haproxy"), tests: cardProxies },
} satisfies Record<string, Known>;

export type PartName = keyof typeof parts;

const found = new Map<PartName, string | undefined>();

/**
 * Where a part of the test bench is, or a sentence for `skip`:
 * `test("…", { skip: "missing" in browser && browser.missing }, …)`.
 */
export function part(name: PartName): { path: string } | { missing: string } {
  if (!found.has(name)) found.set(name, parts[name].find());
  const path = found.get(name);
  return path === undefined ? { missing: `${name} is not installed (${parts[name].packages.join(" ")})` } : { path };
}

/** Where a part is; throws where it is missing. */
export function pathOf(name: PartName): string {
  const found = part(name);
  if ("missing" in found) throw new Error(found.missing);
  return found.path;
}

/** Every part that this machine lacks, with the Debian packages that bring it and the tests that go without. */
export function missingParts() {
  const names = Object.keys(parts) as PartName[]; // the keys of a literal
  return names.filter((name) => "missing" in part(name)).map((name) => ({ name, ...parts[name] }));
}

/** Forgets what was looked up: something has just been installed. */
export const lookAgain = () => found.clear();
