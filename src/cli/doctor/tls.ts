import { X509Certificate } from "node:crypto";
import type { Config } from "../../config.ts";
import { between, days, type Instant, plus } from "../../kernel/time.ts";
import { readTls } from "../../tls.ts";
import { advice, type Check, fail, pass, wordsOf } from "./check.ts";

const soon = days(14);

/** Whether the certificate (PEM) is for `host`, and how long it lasts. */
export function checkCertificate(
  pem: string,
  { name, host, url, todo }: { name: string; host: string; url: string; todo: string },
  now: Instant,
): Check {
  const certificate = new X509Certificate(pem);
  const { validToDate } = certificate;
  if (certificate.checkHost(host) === undefined)
    return fail(name, `Its TLS certificate is not for ${new URL(url).hostname}.`, todo);
  if (validToDate <= now) return fail(name, "Its TLS certificate has expired.", todo);
  const left = Math.floor(between(now, validToDate) / days(1));
  return validToDate <= plus(now, soon)
    ? advice(name, `Its TLS certificate expires in ${left} days.`, todo)
    : pass(name, `Its TLS certificate is good for ${left} days, for ${url}.`);
}

/** The certificate by which Vahva serves TLS itself; nothing where a proxy does. */
export function checkTls(config: Pick<Config, "http" | "publicUrl">, now: Instant): Check[] {
  const name = "Listener";
  try {
    const tls = readTls(config);
    if (!tls) return [];
    const { publicUrl: url } = config;
    const todo = "Get a new one, put it where VAHVA_TLS_CERT_FILE says, and restart Vahva.";
    return [checkCertificate(tls.cert, { name, host: new URL(url).hostname, url, todo }, now)];
  } catch (error) {
    return [
      fail(
        name,
        wordsOf(error),
        "Both are in PEM, readable to the user that Vahva runs as; the chain begins with its own.",
      ),
    ];
  }
}
