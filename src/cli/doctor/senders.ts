import { connect } from "node:net";
import type { Config } from "../../config.ts";
import { seconds } from "../../kernel/time.ts";
import { smtpSender } from "../../senders.ts";
import { advice, type Check, fail, pass, wordsOf } from "./check.ts";

/** Connects to the mail server and signs in, and sends nothing. */
export async function checkMail(config: Config): Promise<Check> {
  const name = "Mail";
  const todo =
    "Check VAHVA_SMTP_URL (VAHVA_SMTP_CA_FILE where its certificate is of your own authority), and that a firewall lets this machine out.";
  try {
    const sender = smtpSender(config);
    if (!sender)
      return advice(name, "E-mails go to the demo inbox.", "Set VAHVA_SMTP_URL and VAHVA_MAIL_FROM to send them.");
    const { ok, says } = await sender.verify();
    sender.close();
    return ok ? pass(name, says) : fail(name, says, todo);
  } catch (error) {
    return fail(name, wordsOf(error), todo);
  }
}

const reach = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: seconds(5) });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket
      .on("connect", () => end(true))
      .on("error", () => end(false))
      .on("timeout", () => end(false));
  });

/** Whether the gateway answers a connection; a message would cost money. Only its host is told: the address may hold a password. */
export async function checkSms({ sms }: Config): Promise<Check> {
  const name = "SMS";
  if (sms.none) return pass(name, "None, as configured: no PIN goes out as a text message.");
  if (!sms.url) return advice(name, "Text messages go to the demo inbox.", "Set VAHVA_SMS_URL to send them.");
  const url = URL.parse(sms.url.reveal().replaceAll(/[{}]/g, ""));
  if (!url) return fail(name, "VAHVA_SMS_URL is not an address.", "Correct it.");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  if (!(await reach(url.hostname.replace(/^\[|\]$/g, ""), port)))
    return fail(name, `The gateway ${url.hostname}:${port} does not answer.`, "Check VAHVA_SMS_URL and the firewall.");
  const countries = sms.countries.join(", ");
  return url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)
    ? advice(name, `The gateway ${url.hostname}:${port} answers, unencrypted.`, "Use https: PINs go that way.")
    : pass(name, `The gateway ${url.hostname}:${port} answers. Numbers of ${countries} get messages.`);
}
