import { startSmsGateway } from "../doubles/sms-gateway.ts";
import { startSmtpServer } from "../doubles/smtp-server.ts";
import { linkIn } from "../people.ts";
import { until } from "../service.ts";

/** A mail server and an SMS gateway of one's own, and the environment of a production service that sends by them. */
export async function startSenders() {
  const [mail, gateway] = await Promise.all([startSmtpServer({ mode: "no-tls" }), startSmsGateway()]);
  const texts = () =>
    gateway.requests.map(({ url }) => {
      const sent = new URL(url, gateway.url).searchParams;
      return { to: sent.get("to") ?? "", text: sent.get("text") ?? "", id: sent.get("id") ?? "" };
    });
  return {
    mail,
    gateway,
    env: {
      VAHVA_MODE: "production",
      VAHVA_SMTP_URL: `smtp+plain://127.0.0.1:${mail.port}`,
      VAHVA_MAIL_FROM: "vahva@login.example",
      VAHVA_SMS_URL: `${gateway.url}/send?to={to}&text={text}&id={id}`,
    },
    /** Every text message that reached the gateway, also those that it was sent again. */
    texts,
    linkTo: (email: string): Promise<string> =>
      until(
        () => linkIn(mail.inbox.find(({ envelope }) => envelope.to.includes(email))?.text ?? ""),
        `mail to ${email}`,
      ),
    pinTo: (phone: string): Promise<string> =>
      until(() => {
        const text = texts().find(({ to }) => to === phone)?.text ?? "";
        return /\b\d{6}\b/.exec(text)?.[0];
      }, `a text message to ${phone}`),
    stop: () => Promise.all([mail.stop(), gateway.stop()]),
  };
}

export type Senders = Awaited<ReturnType<typeof startSenders>>;
