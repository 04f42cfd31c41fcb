import { X509Certificate } from "node:crypto";
import { between, days, type Instant, plus, seconds } from "../../kernel/time.ts";
import type { DirectoryCheck } from "../../ports/directory.ts";
import { DirectoryTrouble } from "../directory-parts/trouble.ts";
import { readCredentials } from "./credentials.ts";
import { judgePermissions, readRoles } from "./permissions.ts";
import { openSession } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Tokens } from "./token.ts";
import { lookFor } from "./user.ts";

const pass = (says: string): DirectoryCheck => ({ verdict: "pass", says });
const advice = (says: string, todo: string): DirectoryCheck => ({ verdict: "advice", says, todo });
const fail = (says: string, todo: string): DirectoryCheck => ({ verdict: "fail", says, todo });

const renew = "Make a new certificate, add it to the application beside the old one, and give it here with its key.";
const grant = "Change the application's permissions (type Application) in Entra ID, and grant admin consent.";

/** For `vahva doctor`: certificate, token and permissions. */
export async function check(
  { settings, secret, tokens }: { settings: Settings; secret: string | null; tokens: Tokens },
  now: Instant,
): Promise<readonly DirectoryCheck[]> {
  const credentials = readCredentials(settings, secret);
  if ("wrong" in credentials) return [fail(credentials.wrong, "Give the key that belongs to the certificate.")];
  return [checkCertificate(settings, now), ...(await checkToken(settings, tokens, now))];
}

function checkCertificate({ certificate }: Settings, now: Instant): DirectoryCheck {
  const { validToDate } = new X509Certificate(certificate);
  const says = `The application's certificate is valid until ${validToDate.toISOString().slice(0, 10)}.`;
  if (validToDate <= now) return fail(says, renew);
  return validToDate < plus(now, days(30))
    ? advice(`${says} That is ${daysUntil(validToDate, now)} days.`, renew)
    : pass(says);
}

const daysUntil = (end: Instant, now: Instant): number => Math.floor(between(now, end) / days(1));

async function checkToken(settings: Settings, tokens: Tokens, now: Instant): Promise<DirectoryCheck[]> {
  try {
    const roles = readRoles(await tokens.get(now));
    if (roles === null)
      return [advice("The token does not say which permissions it has.", "Look at them in Entra ID.")];
    const { missing, spare } = judgePermissions(roles, settings);
    if (missing.length > 0) return [fail(`The application lacks ${missing.join(", ")}.`, grant), ...checkSpare(spare)];
    const token = pass("Entra ID gives a token, with the permissions that are needed.");
    return [token, await checkGraph(settings, tokens, now), ...checkSpare(spare)];
  } catch (error) {
    return [troubleOf(error)];
  }
}

/** Whether Graph takes the token, and can look for people as the settings say. Nobody has this name. */
async function checkGraph(settings: Settings, tokens: Tokens, now: Instant): Promise<DirectoryCheck> {
  const hand = { now: () => now, signal: AbortSignal.timeout(seconds(20)) };
  try {
    const session = openSession({ settings, tokens, wait: () => Promise.reject() }, hand);
    await lookFor(session, settings, "vahva-check@vahva.invalid");
    return pass("Graph takes it, and looks for people as lookUp says.");
  } catch (error) {
    return troubleOf(error);
  }
}

function troubleOf(error: unknown): DirectoryCheck {
  if (error instanceof DirectoryTrouble) return { verdict: "fail", says: error.message };
  throw error;
}

/** T81: whoever steals this service's key may do whatever the application may. */
const checkSpare = (spare: readonly string[]): DirectoryCheck[] =>
  spare.length > 0 ? [advice(`The application may do more than is needed: ${spare.join(", ")}.`, grant)] : [];
