import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import * as z from "zod";
import { cardSettings, missingOfCards, toCardConfig } from "./card-settings.ts";
import { PlainError } from "./kernel/plain-error.ts";
import { Secret } from "./kernel/secret.ts";
import { list, port, type Setting, setting, url } from "./setting.ts";

const mailAddress = z.email({ error: "expected an e-mail address" });

/** Every name that is read from the environment or the configuration file. */
const settings = {
  VAHVA_MODE: setting(
    "`demo` (a demo organisation, an inbox instead of mail and SMS, this machine only) or `production`.",
    "demo",
    z.enum(["demo", "production"], { error: "expected demo or production" }),
  ),
  VAHVA_PUBLIC_URL: setting(
    "The address at which people reach the service; every link and redirect begins with it.",
    "in demo mode http://localhost and the port",
    url(/^https?$/, "https://login.example.fi"),
  ),
  VAHVA_HOST: setting("The address to listen on.", "localhost", z.string().min(1)),
  VAHVA_PORT: setting("The port to listen on.", "4000", port),
  VAHVA_TLS_CERT_FILE: setting("Certificate chain (PEM), to serve TLS without a proxy.", "none", z.string()),
  VAHVA_TLS_KEY_FILE: setting("The certificate's private key (PEM).", "none", z.string()),
  VAHVA_TRUSTED_PROXIES: setting(
    "Addresses or networks of reverse proxies, comma separated; only theirs is the X-Forwarded-For that is believed.",
    "none",
    list,
  ),
  VAHVA_DATA: setting("The folder of the embedded database and the demo's secret.", "./data", z.string().min(1)),
  DATABASE_URL: setting(
    "A PostgreSQL server of your own, version 15 or newer; without it the embedded one is started.",
    "embedded",
    z.string().regex(/^postgres(ql)?:\/\/\S+$/, {
      error: "expected an address such as postgres://user:password@host/vahva",
    }),
    { secret: true },
  ),
  VAHVA_DATABASE_CONNECTIONS: setting(
    "The most database connections of one node.",
    "10",
    z.coerce.number().int().min(2).max(200),
  ),
  VAHVA_SECRET: setting(
    "What all keys are derived from: 32 characters or more, for example from `openssl rand -base64 48`. Several, newest first, separated by commas: the first seals, the others still open.",
    "in demo mode made once and kept in the data folder",
    list.pipe(
      z
        .array(z.string().min(32, { error: "expected at least 32 characters" }))
        .min(1, { error: "expected a secret of at least 32 characters" }),
    ),
    { secret: true },
  ),
  VAHVA_SMTP_URL: setting(
    "The mail server: smtp://user:password@host:587 (STARTTLS is required), smtps:// (TLS from the start), or smtp+plain:// (no TLS, for a server on this machine).",
    "in demo mode the demo inbox",
    url(/^(smtp|smtps|smtp\+plain)$/, "smtp://user:password@mail.example.fi:587"),
    { secret: true },
  ),
  VAHVA_SMTP_CA_FILE: setting("Certificates (PEM) to trust for the mail server.", "the system's", z.string()),
  VAHVA_MAIL_FROM: setting("The sender's address of every e-mail.", "in demo mode vahva@localhost", mailAddress),
  VAHVA_OPERATOR_EMAIL: setting(
    "Who is told by e-mail when a directory is not told in ten minutes what has changed.",
    "nobody",
    mailAddress,
  ),
  VAHVA_SMS_URL: setting(
    "The SMS gateway's address, with {to} {to_digits} {text} {id} {from} {coding} {charset} where they belong; `none` if no organisation uses SMS.",
    "in demo mode the demo inbox",
    z.union([z.literal("none"), z.string().regex(/^https?:\/\//)], { error: "expected an address or none" }),
    { secret: true },
  ),
  VAHVA_SMS_METHOD: setting("GET or POST.", "GET", z.enum(["GET", "POST"])),
  VAHVA_SMS_HEADERS: setting(
    "Headers of the request as a JSON object; placeholders as in the address.",
    "{}",
    z
      .string()
      .transform((text, context) => {
        try {
          return JSON.parse(text);
        } catch {
          context.addIssue({ code: "custom", message: 'expected a JSON object such as {"authorization":"Bearer …"}' });
          return z.NEVER;
        }
      })
      .pipe(z.record(z.string(), z.string())),
    { secret: true },
  ),
  VAHVA_SMS_BODY: setting("The body of the request; placeholders as in the address.", "none", z.string(), {
    secret: true,
  }),
  VAHVA_SMS_FROM: setting("What {from} stands for.", "Vahva", z.string().max(16)),
  VAHVA_SMS_ACCEPTED: setting(
    "The answers that mean the gateway has taken the message: status codes, comma separated.",
    "200,201,202",
    z
      .string()
      .regex(/^2\d\d(,2\d\d)*$/, { error: "expected status codes such as 200,202" })
      .transform((text) => text.split(",").map(Number)),
  ),
  VAHVA_SMS_ACCEPTED_BODY: setting("A regular expression that an accepting answer's body matches.", "none", z.string()),
  VAHVA_SMS_COUNTRIES: setting(
    "Countries whose numbers may get text messages (ISO 3166), comma separated.",
    "FI,AX,SE",
    list.pipe(z.array(z.string().regex(/^[A-Z]{2}$/, { error: "expected two capital letters" }))),
  ),
  VAHVA_TIME_ZONE: setting(
    "The time zone of times in messages and pages.",
    "Europe/Helsinki",
    z.string().refine((zone) => Intl.supportedValuesOf("timeZone").includes(zone) || zone === "UTC", {
      error: "expected a time zone such as Europe/Helsinki",
    }),
  ),
  VAHVA_PRIVATE_NETWORKS: setting(
    "`allow` if applications live at private or loopback addresses: notices of sign-outs and requests for their keys go there too.",
    "refuse, in demo mode allow",
    z.enum(["allow", "refuse"], { error: "expected allow or refuse" }),
  ),
  VAHVA_EID_ENVIRONMENT: setting(
    "`test` if identifications come from the brokers' test environments, whose persons are made up; then no real one counts.",
    "production, in demo mode test",
    z.enum(["test", "production"], { error: "expected test or production" }),
  ),
  ...cardSettings,
  VAHVA_METRICS: setting(
    "Where /metrics is served: `main` (with everything else), `off`, or an address of its own.",
    "127.0.0.1:9464, in demo mode main",
    z.union(
      [z.enum(["main", "off"]), z.string().regex(/^[^\s:]+:\d+$/, { error: "expected main, off or host:port" })],
      {
        error: "expected main, off or host:port",
      },
    ),
  ),
  VAHVA_LOG_LEVEL: setting(
    "debug, info, warn or error.",
    "info, in demo mode warn",
    z.enum(["debug", "info", "warn", "error"]),
  ),
} satisfies Record<string, Omit<Setting, "name">>;

export const settingList: readonly Setting[] = Object.entries(settings).map(([name, rest]) => ({ name, ...rest }));

const shape = Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as {
  [K in keyof typeof settings]: (typeof settings)[K]["schema"];
}; // Object.fromEntries forgets which name has which schema
const schema = z.object(shape);

/** The configuration, checked: every part of the service gets its values from here, never the environment's names. */
export type Config = ReturnType<typeof toConfig>;

/**
 * Reads the environment and the file that VAHVA_CONFIG names (`NAME=value` lines; the environment wins).
 * Throws a `PlainError` that lists every problem at once.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const given = collect(environment, problems);
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.push(`${String(issue.path[0])}: ${issue.message}.`);
  const values = parsed.data ?? {};
  problems.push(...missing(values, given));
  if (problems.length > 0)
    throw new PlainError(`The configuration has to be mended first:\n  ${problems.join("\n  ")}`);
  return toConfig(values);
}

type Values = z.infer<typeof schema>;

/** The values given, those in files read, with unknown names noted as problems. */
function collect(environment: Readonly<Record<string, string | undefined>>, problems: string[]) {
  const read = (name: string, path: string): string | undefined => {
    try {
      return readFileSync(path, "utf8").trim();
    } catch {
      problems.push(`${name}: the file ${path} can't be read.`);
      return undefined;
    }
  };
  const file = environment.VAHVA_CONFIG ? read("VAHVA_CONFIG", environment.VAHVA_CONFIG) : undefined;
  const all: Record<string, string | undefined> = { ...(file ? parseEnv(file) : {}), ...environment };
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined || value === "" || name === "VAHVA_CONFIG") continue;
    const base = name.replace(/_FILE$/, "");
    if (name in settings) given[name] = value;
    else if (base !== name && base in settings && settings[base as keyof typeof settings].secret) {
      if (all[base]) problems.push(`${base}: given both as a value and as a file (${name}). Keep one.`);
      const content = read(name, value);
      if (content !== undefined) given[base] = content;
    } else if (name.startsWith("VAHVA_")) problems.push(`${name}: there is no such setting.`);
  }
  return given;
}

/** What the mode needs and nobody gave. */
function missing(values: Partial<Values>, given: Record<string, string>): string[] {
  const problems: string[] = [];
  const address = values.VAHVA_PUBLIC_URL ? new URL(values.VAHVA_PUBLIC_URL) : null;
  const loopback = address !== null && ["localhost", "127.0.0.1", "[::1]"].includes(address.hostname);
  if (address && (address.pathname !== "/" || address.search || address.hash))
    problems.push("VAHVA_PUBLIC_URL: expected an address without a path, such as https://login.example.fi.");
  if (Boolean(given.VAHVA_TLS_CERT_FILE) !== Boolean(given.VAHVA_TLS_KEY_FILE))
    problems.push("VAHVA_TLS_CERT_FILE and VAHVA_TLS_KEY_FILE: both are needed, or neither.");
  problems.push(...missingOfCards(values, address));
  if (given.VAHVA_MODE !== "production") {
    if (address && !loopback)
      problems.push(
        "VAHVA_PUBLIC_URL: demo mode serves this machine only. For other people set VAHVA_MODE=production.",
      );
    const host = given.VAHVA_HOST ?? "localhost";
    if (!["localhost", "127.0.0.1", "::1"].includes(host))
      problems.push("VAHVA_HOST: demo mode listens on this machine only. For other people set VAHVA_MODE=production.");
    return problems;
  }
  const need = (name: keyof typeof settings, what: string) => {
    if (!given[name]) problems.push(`${name}: production needs ${what}.`);
  };
  need("VAHVA_PUBLIC_URL", "the address at which people reach it, such as https://login.example.fi");
  if (address && address.protocol !== "https:" && !loopback)
    problems.push("VAHVA_PUBLIC_URL: production needs an address that begins with https://.");
  need("VAHVA_SECRET", "a secret of 32 characters or more (or VAHVA_SECRET_FILE)");
  need("VAHVA_SMTP_URL", "a mail server, such as smtp://user:password@mail.example.fi:587");
  need("VAHVA_MAIL_FROM", "the sender's address of e-mails");
  need("VAHVA_SMS_URL", "an SMS gateway's address, or `none` if no organisation uses SMS");
  return problems;
}

function toConfig(values: Partial<Values>) {
  const mode = values.VAHVA_MODE ?? "demo";
  const demo = mode === "demo";
  const httpPort = values.VAHVA_PORT ?? 4000;
  const optionalSecret = (value: string | undefined) => (value === undefined ? null : new Secret(value));
  return {
    mode,
    demo,
    publicUrl: new URL(values.VAHVA_PUBLIC_URL ?? `http://localhost:${httpPort}`).origin,
    http: {
      host: values.VAHVA_HOST ?? "localhost",
      port: httpPort,
      tls:
        values.VAHVA_TLS_CERT_FILE && values.VAHVA_TLS_KEY_FILE
          ? { certFile: values.VAHVA_TLS_CERT_FILE, keyFile: values.VAHVA_TLS_KEY_FILE }
          : null,
      trustedProxies: values.VAHVA_TRUSTED_PROXIES ?? [],
    },
    dataFolder: resolve(values.VAHVA_DATA ?? "data"),
    database: { url: optionalSecret(values.DATABASE_URL), connections: values.VAHVA_DATABASE_CONNECTIONS ?? 10 },
    /** Null only in demo mode, where it is made once and kept in the data folder. */
    secrets: values.VAHVA_SECRET?.map((secret) => new Secret(secret)) ?? null,
    mail: {
      /** Null: the demo inbox. */
      url: optionalSecret(values.VAHVA_SMTP_URL),
      caFile: values.VAHVA_SMTP_CA_FILE ?? null,
      from: values.VAHVA_MAIL_FROM ?? "vahva@localhost",
    },
    sms: {
      /** Null: the demo inbox, or no SMS at all when `none` is set. */
      url: values.VAHVA_SMS_URL === "none" ? null : optionalSecret(values.VAHVA_SMS_URL),
      none: values.VAHVA_SMS_URL === "none",
      method: values.VAHVA_SMS_METHOD ?? ("GET" as const),
      headers: Object.fromEntries(
        Object.entries(values.VAHVA_SMS_HEADERS ?? {}).map(([name, value]) => [name, new Secret(value)]),
      ),
      body: optionalSecret(values.VAHVA_SMS_BODY),
      from: values.VAHVA_SMS_FROM ?? "Vahva",
      accepted: values.VAHVA_SMS_ACCEPTED ?? [200, 201, 202],
      acceptedBody: values.VAHVA_SMS_ACCEPTED_BODY ?? null,
      countries: values.VAHVA_SMS_COUNTRIES ?? ["FI", "AX", "SE"],
    },
    operatorEmail: values.VAHVA_OPERATOR_EMAIL ?? null,
    timeZone: values.VAHVA_TIME_ZONE ?? "Europe/Helsinki",
    privateNetworks: (values.VAHVA_PRIVATE_NETWORKS ?? (demo ? "allow" : "refuse")) === "allow",
    /** Whose identifications count: the brokers' test environments', or the real ones'. */
    eidEnvironment: values.VAHVA_EID_ENVIRONMENT ?? (demo ? ("test" as const) : ("production" as const)),
    /** Null: no certificate cards. */
    cards: toCardConfig(values),
    metrics: values.VAHVA_METRICS ?? (demo ? "main" : "127.0.0.1:9464"),
    logLevel: values.VAHVA_LOG_LEVEL ?? (demo ? ("warn" as const) : ("info" as const)),
  };
}
