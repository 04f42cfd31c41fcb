import { createTransport } from "nodemailer";
import { PlainError } from "../../kernel/plain-error.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Duration } from "../../kernel/time.ts";
import type { Delivery, Mail, MailSender, SenderCheck } from "../../ports/mail-sender.ts";
import { explainFailure, judgeFailure, type SmtpFailure } from "./judge-failure.ts";
import { oneLine } from "./one-line.ts";

export type SmtpOptions = {
  host: string;
  port: number;
  /** `starttls`: upgraded before anything else, or nothing is sent. `tls`: from the first byte. `none`: a relay on this machine. */
  security: "starttls" | "tls" | "none";
  user?: string;
  password?: Secret;
  /** The sender's address alone; the name beside it is the organisation's, per mail. */
  from: string;
  /** PEM certificates trusted instead of the system's, for a relay with an authority of its own. */
  ca?: string;
  /** For each step of a conversation; the whole of it may take three times as long. */
  timeout: Duration;
};

export type SmtpSender = MailSender & {
  /** Connects, upgrades to TLS and signs in, and sends nothing: for `vahva doctor`. */
  verify(): Promise<SenderCheck>;
  close(): void;
};

const address = /^[^\s@<>,;:"()[\]\\\p{C}]+@[^\s@<>,;:"()[\]\\\p{C}]+$/u;

/** A sender over one pool of SMTP connections. Throws `PlainError` for options that could not work safely. */
export function makeSmtpSender(options: SmtpOptions): SmtpSender {
  if (!address.test(options.from))
    throw new PlainError(`The sender's address "${options.from}" is not an e-mail address.`);
  if (options.security === "none" && options.user && !isLoopback(options.host)) {
    throw new PlainError(
      `The mail server ${options.host} would get our password unencrypted: choose "starttls" or "tls".`,
    );
  }
  const pool = createTransport(poolOptions(options));
  const server = `Mail server ${options.host}:${options.port}`;
  const domain = options.from.slice(options.from.lastIndexOf("@") + 1);

  return {
    async send(mail: Mail): Promise<Delivery> {
      if (!address.test(mail.to)) return { result: "never", reason: "no mail can be sent to such an address" };
      try {
        await pool.sendMail({
          envelope: { from: options.from, to: [mail.to] },
          from: { name: oneLine(mail.fromName, 100), address: options.from },
          to: { name: "", address: mail.to },
          subject: oneLine(mail.subject, 250),
          text: mail.text,
          html: mail.html,
          messageId: `<${mail.id.replace(/[^\w.-]/gu, "-")}@${domain}>`,
          headers: { "Auto-Submitted": "auto-generated" },
          signal: AbortSignal.timeout(options.timeout * 3),
        });
        return { result: "delivered" };
      } catch (error) {
        return judgeFailure(asFailure(error));
      }
    },
    async verify(): Promise<SenderCheck> {
      try {
        await pool.verify();
        return {
          ok: true,
          says: `${server}: connected, ${tlsWords[options.security]}, ${options.user ? "signed in" : "no sign-in asked"}.`,
        };
      } catch (error) {
        return explainFailure(asFailure(error), server);
      }
    },
    close: () => pool.close(),
  };
}

const tlsWords = { starttls: "TLS by STARTTLS", tls: "TLS", none: "without TLS" } as const;

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./u.test(host);

const asFailure = (error: unknown): SmtpFailure => (typeof error === "object" && error !== null ? error : {});

function poolOptions(options: SmtpOptions) {
  return {
    pool: true as const,
    host: options.host,
    port: options.port,
    secure: options.security === "tls",
    requireTLS: options.security === "starttls",
    ignoreTLS: options.security === "none",
    tls: { minVersion: "TLSv1.2" as const, ...(options.ca ? { ca: options.ca } : {}) },
    ...(options.user ? { auth: { user: options.user, pass: options.password?.reveal() ?? "" } } : {}),
    // A mail whose connection broke may have arrived: the outbox tries it again under the same Message-ID, the pool never does.
    maxRequeues: 0,
    connectionTimeout: options.timeout,
    greetingTimeout: options.timeout,
    socketTimeout: options.timeout,
    dnsTimeout: options.timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
    xMailer: false as const,
  };
}
