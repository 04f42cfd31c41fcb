import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { makeTestCertificate } from "./certificate.ts";

/** A mail as the server took it: the envelope's recipients, and what a mail program would show. */
export type ReceivedMail = {
  envelope: { from: string; to: string[] };
  messageId: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: ReadonlyMap<string, string>;
  raw: string;
  tls: boolean;
};

export type SmtpServerOptions = {
  /** `starttls` unless told otherwise. `no-tls` is a server that offers none. */
  mode?: "starttls" | "tls" | "no-tls";
  user?: string;
  password?: string;
  port?: number;
};

/**
 * A real SMTP server (npm smtp-server) on loopback, with TLS and a sign-in that it insists on. `setFault(recipient, reply)`
 * makes it answer that recipient with a reply such as "451 4.2.2 try later"; `undefined` heals it.
 */
export async function startSmtpServer(options: SmtpServerOptions = {}) {
  const { mode = "starttls", user = "svc", password = "mailpw" } = options;
  const { ca, certificate, key } = makeTestCertificate();
  const inbox: ReceivedMail[] = [];
  const faults = new Map<string, string>();
  const refusal = (reply: string): Error =>
    Object.assign(new Error(reply.replace(/^\d{3} /u, "")), { responseCode: Number(reply.slice(0, 3)) });

  const server = new SMTPServer({
    key,
    cert: certificate,
    secure: mode === "tls",
    ...(mode === "no-tls" ? { disabledCommands: ["STARTTLS"], allowInsecureAuth: true } : {}),
    authOptional: mode === "no-tls",
    authMethods: ["PLAIN", "LOGIN"],
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      if (auth.username === user && auth.password === password) done(null, { user });
      else done(refusal("535 5.7.8 bad credentials"));
    },
    onRcptTo(recipient, _session, done) {
      const fault = faults.get(recipient.address);
      done(fault ? refusal(fault) : null);
    },
    onData(stream, session, done) {
      readMail(stream).then(
        (mail) => {
          const { mailFrom, rcptTo } = session.envelope;
          const envelope = { from: mailFrom ? mailFrom.address : "", to: rcptTo.map((recipient) => recipient.address) };
          inbox.push({ ...mail, envelope, tls: session.secure });
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  server.on("error", () => {}); // a client that gives up in the handshake is part of the tests
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  // a TCP listener's address is never a string or null
  const { port } = server.server.address() as AddressInfo;

  return {
    host: "localhost",
    port,
    ca,
    user,
    password,
    inbox,
    setFault: (recipient: string, reply: string | undefined) => {
      if (reply) faults.set(recipient, reply);
      else faults.delete(recipient);
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type TestSmtpServer = Awaited<ReturnType<typeof startSmtpServer>>;

async function readMail(stream: AsyncIterable<Buffer>): Promise<Omit<ReceivedMail, "envelope" | "tls">> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const raw = Buffer.concat(chunks).toString();
  const mail = await simpleParser(raw);
  const to = Array.isArray(mail.to) ? mail.to.map((address) => address.text).join(", ") : (mail.to?.text ?? "");
  return {
    messageId: mail.messageId ?? "",
    from: mail.from?.text ?? "",
    to,
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html || "",
    headers: new Map(mail.headerLines.map(({ key, line }) => [key, line])),
    raw,
  };
}
