import type { Client } from "ldapts";
import { type Instant, seconds } from "../../kernel/time.ts";
import type { DirectoryCheck } from "../../ports/directory.ts";
import { checkCertificate } from "../directory-parts/certificate.ts";
import { DirectoryTrouble } from "../directory-parts/trouble.ts";
import { type Opened, open } from "./open.ts";
import type { Settings } from "./settings.ts";
import { placeholdersOf } from "./template.ts";
import { withTrouble } from "./trouble.ts";

/** The control by which a server says that it has password policies (draft-behera-ldap-password-policy §6.1). */
const passwordPolicy = "1.3.6.1.4.1.42.2.27.8.5.1";
/** LDAP_CAP_ACTIVE_DIRECTORY_OID */
const activeDirectory = "1.2.840.113556.1.4.800";

const pass = (says: string): DirectoryCheck => ({ verdict: "pass", says });
const fail = (says: string, todo: string): DirectoryCheck => ({ verdict: "fail", says, todo });

/** What `vahva doctor` says of this directory. Reads only. */
export async function check(
  { settings, secret }: Readonly<{ settings: Settings; secret: string | null }>,
  now: Instant,
): Promise<readonly DirectoryCheck[]> {
  let opened: Opened | undefined;
  const checks: DirectoryCheck[] = [];
  try {
    opened = await open(settings, secret, AbortSignal.timeout(seconds(20)));
    checks.push(pass("The directory answers, and takes bindDn and its password."), checkTls(opened, now));
    checks.push(...judge(await readRoot(opened.client), settings));
    checks.push(await checkBase(opened.client, settings.baseDn));
  } catch (trouble) {
    if (!(trouble instanceof DirectoryTrouble)) throw trouble;
    checks.push({ verdict: "fail", says: trouble.message });
  } finally {
    opened?.close();
  }
  return checks;
}

const checkTls = ({ validTo }: Opened, now: Instant): DirectoryCheck =>
  validTo === null
    ? { verdict: "advice", says: "The connection is not encrypted.", todo: "Use ldaps:// or startTls." }
    : checkCertificate(validTo, now);

async function checkBase(client: Client, baseDn: string): Promise<DirectoryCheck> {
  if (placeholdersOf(baseDn).length > 0) return pass("baseDn is another for each account, so it was not looked for.");
  const search = client.search(baseDn, { scope: "base", filter: "(objectClass=*)", attributes: ["1.1"] });
  const { searchEntries } = await withTrouble(search);
  if (searchEntries.length > 0) return pass("baseDn is there.");
  return fail("bindDn can't see baseDn.", "Give it the right to read there, or correct baseDn.");
}

type Root = Readonly<{ controls: readonly string[]; capabilities: readonly string[] }>;

/** What the server says of itself (RFC 4512 §5.1). */
async function readRoot(client: Client): Promise<Root> {
  const attributes = ["supportedControl", "supportedCapabilities"];
  const search = client.search("", { scope: "base", filter: "(objectClass=*)", attributes });
  const [root] = (await withTrouble(search)).searchEntries;
  const valuesOf = (name: string) => [root?.[name] ?? []].flat().map(String);
  return { controls: valuesOf("supportedControl"), capabilities: valuesOf("supportedCapabilities") };
}

function judge({ controls, capabilities }: Root, { server, onReset, onClosed }: Settings): DirectoryCheck[] {
  const isActiveDirectory = capabilities.includes(activeDirectory);
  if (isActiveDirectory !== (server === "active-directory"))
    return [
      fail(`The directory is ${isActiveDirectory ? "" : "not "}an Active Directory.`, "Correct the setting server."),
    ];
  const needsPolicies = onClosed === "lock" || (onReset !== "nothing" && onReset.expirePassword);
  if (isActiveDirectory || !needsPolicies || controls.includes(passwordPolicy)) return [];
  const says =
    "The directory has no password policies (the overlay ppolicy), by which passwords expire and accounts are locked.";
  return [fail(says, "Load ppolicy there, or choose other onReset and onClosed.")];
}
