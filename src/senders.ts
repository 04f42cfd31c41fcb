import { readFileSync } from "node:fs";
import { makeDemoInbox } from "./adapters/demo-inbox/index.ts";
import { makeHttpSmsSender } from "./adapters/sms-http/index.ts";
import { makeSmtpSender, type SmtpOptions } from "./adapters/smtp/index.ts";
import type { Config } from "./config.ts";
import { PlainError } from "./kernel/plain-error.ts";
import { Secret } from "./kernel/secret.ts";
import { seconds } from "./kernel/time.ts";
import type { Db } from "./platform/database/index.ts";
import type { Clock } from "./ports/clock.ts";

const securityOf = { "smtp:": "starttls", "smtps:": "tls", "smtp+plain:": "none" } as const satisfies Record<
  string,
  SmtpOptions["security"]
>;
const usualPort = { starttls: 587, tls: 465, none: 25 } as const;

/** The mail server of the configuration; null where the demo inbox stands in for it. */
export function smtpSender({ mail }: Config) {
  if (!mail.url) return null;
  const { protocol, hostname, port, username, password } = new URL(mail.url.reveal());
  const security = securityOf[protocol as keyof typeof securityOf]; // the configuration's schema allows no other
  return makeSmtpSender({
    host: hostname,
    port: port ? Number(port) : usualPort[security],
    security,
    ...(username && { user: decodeURIComponent(username), password: new Secret(decodeURIComponent(password)) }),
    from: mail.from,
    ...(mail.caFile && { ca: readCa(mail.caFile) }),
    timeout: seconds(15),
  });
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new PlainError(`VAHVA_SMTP_CA_FILE: the file ${file} can't be read.`);
  }
}

/** The SMS gateway of the configuration; null where there is none. */
export function smsSender({ sms }: Config) {
  if (!sms.url) return null;
  return makeHttpSmsSender({
    url: sms.url,
    method: sms.method,
    headers: Object.fromEntries(Object.entries(sms.headers).map(([name, value]) => [name, value.reveal()])),
    ...(sms.body && { body: sms.body.reveal() }),
    from: sms.from,
    accepted: { status: sms.accepted, ...(sms.acceptedBody && { bodyMatches: sms.acceptedBody }) },
    timeout: seconds(10),
  });
}

/** What messages go out by. In demo mode an inbox takes what no server is configured for. */
export function makeSenders(config: Config, { db, clock }: { db: Db; clock: Clock }) {
  const inbox = config.demo ? makeDemoInbox({ db, clock }) : null;
  const smtp = smtpSender(config);
  return {
    inbox,
    mail: smtp ?? inbox?.mail ?? null,
    sms: config.sms.none ? null : (smsSender(config) ?? inbox?.sms ?? null),
    close: () => smtp?.close(),
  };
}
