import { isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Instant, seconds } from "../../kernel/time.ts";
import type { DirectoryCheck } from "../../ports/directory.ts";
import { checkCertificate } from "../directory-parts/certificate.ts";
import { DirectoryTrouble } from "../directory-parts/trouble.ts";
import { type Capabilities, makeCapabilities } from "./capabilities.ts";
import { makeExchange } from "./exchange.ts";
import type { Settings } from "./settings.ts";

const pass = (says: string): DirectoryCheck => ({ verdict: "pass", says });

/** What `vahva doctor` says of this directory. Reads only. */
export async function check(
  { settings, token }: Readonly<{ settings: Settings; token: () => string }>,
  now: Instant,
): Promise<readonly DirectoryCheck[]> {
  try {
    const signal = AbortSignal.timeout(seconds(20));
    const exchange = makeExchange({ ...settings, token: token(), now: () => now, signal });
    const can = await makeCapabilities(settings)(exchange, now);
    // Whether the token is good; nobody has this name.
    await exchange({
      method: "GET",
      path: `/Users?${can.filter ? "filter=userName%20eq%20%22vahva-check%22&" : ""}count=1`,
    });
    return [
      pass("The SCIM service answers, and takes our token."),
      ...(await checkTls(settings.baseUrl, now)),
      ...judge(can, settings),
    ];
  } catch (trouble) {
    if (!(trouble instanceof DirectoryTrouble)) throw trouble;
    return [{ verdict: "fail", says: trouble.message }];
  }
}

function judge(can: Capabilities, { onClosed }: Settings): DirectoryCheck[] {
  const told: DirectoryCheck = can.told
    ? pass(`It says what it can do: ${can.patch ? "PATCH" : "PUT"}, ${can.filter ? "filters" : "no filters"}.`)
    : {
        verdict: "advice",
        says: "The SCIM service doesn't say what it can do.",
        todo: "Give the setting capabilities, if it can't PATCH or filter.",
      };
  if (onClosed !== "delete" || can.delete) return [told];
  const says = "Closed accounts are to be deleted there, and the SCIM service can't delete.";
  return [told, { verdict: "fail", says, todo: "Choose another onClosed." }];
}

async function checkTls(baseUrl: string, now: Instant): Promise<DirectoryCheck[]> {
  const { protocol, hostname, port } = new URL(baseUrl);
  if (protocol !== "https:") return [];
  const host = hostname.replace(/^\[|\]$/gu, "");
  const { promise, resolve } = Promise.withResolvers<string>();
  const servername = isIP(host) ? {} : { servername: host };
  const socket = connectTls({ host, port: Number(port || 443), ...servername }, () =>
    resolve(socket.getPeerCertificate().valid_to),
  );
  socket.once("error", () => resolve("")).setTimeout(seconds(5), () => resolve(""));
  const validTo = await promise;
  socket.destroy();
  return [checkCertificate(validTo, now)];
}
