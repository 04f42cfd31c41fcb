import type { InboxMessage } from "../../src/adapters/demo-inbox/index.ts";
import { startSmsGateway } from "../doubles/sms-gateway.ts";
import { startSmtpServer } from "../doubles/smtp-server.ts";

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
    /** All that was sent, the latest first, as the demo's inbox would list it. `at` stands for the public address in links. */
    inbox: async ({ publicUrl = "", at = "" } = {}): Promise<InboxMessage[]> =>
      [
        ...mail.inbox.map(({ envelope, messageId, subject, text, html }) => ({
          ...message("email", messageId, envelope.to[0] ?? "", publicUrl ? text.replaceAll(publicUrl, at) : text),
          subject,
          html,
        })),
        ...texts().map(({ to, text, id }) => message("sms", id, to, text)),
      ].reverse(),
    stop: () => Promise.all([mail.stop(), gateway.stop()]),
  };
}

const message = (channel: "email" | "sms", id: string, to: string, text: string): InboxMessage => ({
  id,
  channel,
  from: null,
  to,
  subject: null,
  text,
  html: null,
  at: new Date(),
});

export type Senders = Awaited<ReturnType<typeof startSenders>>;
