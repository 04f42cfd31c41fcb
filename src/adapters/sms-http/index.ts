import { isGsm7 } from "../../kernel/gsm7.ts";
import { PlainError } from "../../kernel/plain-error.ts";
import type { Secret } from "../../kernel/secret.ts";
import { type Duration, seconds } from "../../kernel/time.ts";
import type { Delivery } from "../../ports/mail-sender.ts";
import type { Sms, SmsSender } from "../../ports/sms-sender.ts";
import { type Answer, judgeAnswer, type StatusRule } from "./judge-answer.ts";
import { fill, placeholdersOf, placeOf } from "./template.ts";

export type HttpSmsOptions = {
  /** May hold `{placeholders}` after the host, and `user:password@`, which is sent as basic authentication. */
  url: Secret;
  method: "GET" | "POST" | "PUT";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** When the gateway has taken the message; any 2xx unless told otherwise. `bodyMatches` is a regular expression. */
  accepted?: { status?: readonly StatusRule[]; bodyMatches?: string };
  /** Values for placeholders of the operator's own, such as `{password}`. */
  secrets?: Readonly<Record<string, Secret>>;
  /** Basic authentication. */
  basic?: { user: string; password: Secret };
  /** The sender's name or number, `{from}`. */
  from?: string;
  /** For the whole exchange; ten seconds unless told otherwise. */
  timeout?: Duration;
};

const ours = ["to", "to_digits", "text", "id", "from", "coding", "charset"] as const;
const bodyLimit = 64 * 1024;

/** A sender that fills the operator's template and posts it. Throws `PlainError` for a template that can't work. */
export function makeHttpSmsSender(options: HttpSmsOptions): SmsSender {
  const { url, basic } = parseUrl(options);
  const headers = Object.entries(options.headers ?? {});
  const contentType = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const bodyType = contentType ?? "application/x-www-form-urlencoded";
  const place = placeOf(bodyType);
  const { status = [[200, 299]], bodyMatches } = options.accepted ?? {};
  const accepted = { status, ...(bodyMatches === undefined ? {} : { bodyMatches: new RegExp(bodyMatches, "u") }) };
  checkPlaceholders(
    [url, options.body ?? "", ...headers.map(([, value]) => value)],
    Object.keys(options.secrets ?? {}),
  );

  const request = (sms: Sms): { url: string; init: RequestInit } => {
    const values = valuesOf(sms, options);
    const filled = headers.map(([name, value]): [string, string] => [name, fill(value, values, "header")]);
    if (basic) filled.push(["authorization", basic]);
    if (options.body !== undefined && contentType === undefined) filled.push(["content-type", bodyType]);
    const body = options.body === undefined ? {} : { body: fill(options.body, values, place) };
    return { url: fill(url, values, "url"), init: { method: options.method, headers: filled, ...body } };
  };

  return {
    async send(sms: Sms): Promise<Delivery> {
      const timeout = options.timeout ?? seconds(10);
      const { url, init } = request(sms);
      try {
        const answer = await exchange(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeout) });
        return judgeAnswer(answer, accepted, new Date());
      } catch (error) {
        // The error's own words hold the address, which may hold the password.
        return { result: "later", reason: wordsFor(error, timeout) };
      }
    },
  };
}

async function exchange(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= bodyLimit) break; // leaving the loop cancels the rest
  }
  const body = Buffer.concat(chunks).subarray(0, bodyLimit).toString();
  return { status: response.status, body, retryAfter: response.headers.get("retry-after") ?? undefined };
}

function wordsFor(error: unknown, timeout: Duration): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `the SMS gateway did not answer in ${timeout / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return `no connection to the SMS gateway${/^[A-Z][A-Z0-9_]+$/u.test(code) ? ` (${code})` : ""}`;
}

function valuesOf(sms: Sms, options: HttpSmsOptions): Map<string, string> {
  const secrets = Object.entries(options.secrets ?? {}).map(([name, secret]): [string, string] => [
    name,
    secret.reveal(),
  ]);
  return new Map([
    ...secrets,
    ["to", sms.to],
    ["to_digits", sms.to.replace(/\D/gu, "")],
    ["text", sms.text],
    ["id", sms.id],
    ["from", options.from ?? ""],
    // Kannel's `coding`: 0 the GSM alphabet, 2 UCS-2. The text itself is UTF-8 in both.
    ["coding", isGsm7(sms.text) ? "0" : "2"],
    ["charset", "UTF-8"],
  ]);
}

/** The address without `user:password@`: fetch refuses those, and quotes them as it does. */
function parseUrl(options: HttpSmsOptions): { url: string; basic: string | undefined } {
  const match = /^(https?:\/\/)(?:([^/?#@]*)@)?([^/?#@{}\s]+)([/?][^#\s]*)?$/u.exec(options.url.reveal());
  if (!match)
    throw new PlainError("The SMS gateway's address must be http(s)://host/… with {placeholders} after the host only.");
  const [, scheme = "", login, host = "", rest = "/"] = match;
  const pair = options.basic
    ? `${options.basic.user}:${options.basic.password.reveal()}`
    : login && decodeURIComponent(login);
  const basic = pair ? `Basic ${Buffer.from(pair).toString("base64")}` : undefined;
  return { url: scheme + host + rest, basic };
}

function checkPlaceholders(templates: string[], secrets: string[]): void {
  const known = new Set<string>([...ours, ...secrets]);
  const used = templates.flatMap(placeholdersOf);
  const unknown = used.find((name) => !known.has(name));
  if (unknown)
    throw new PlainError(`The SMS gateway's template has {${unknown}}; known are {${[...known].join("}, {")}}.`);
  if (!used.includes("text"))
    throw new PlainError("The SMS gateway's template has no {text}, so nothing would be said.");
  if (!used.some((name) => name.startsWith("to")))
    throw new PlainError("The SMS gateway's template has no {to} or {to_digits}.");
}
