import { seconds } from "../../kernel/time.ts";
import { BrokerTrouble, type TroubleReason } from "./trouble.ts";

/** For everything that one step of a person's waits for, however the broker drips. */
export const patience = seconds(8);
const bodyLimit = 256 * 1024;

export type Reply = Readonly<{
  status: number;
  body: string;
  /** The header `Content-Type`, without its parameters. */
  type: string;
  /** The header `Date`, by which clocks are compared. */
  date: string | null;
}>;

/** One request; `signal` limits headers and body together. Redirects are not followed. Throws `BrokerTrouble`. */
export async function exchange(url: string, init: RequestInit, signal: AbortSignal): Promise<Reply> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const body = await readBody(response);
    if (response.status >= 300 && response.status < 400) throw new BrokerTrouble("broker-redirects");
    const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    return { status: response.status, body, type, date: response.headers.get("date") };
  } catch (error) {
    if (error instanceof BrokerTrouble) throw error;
    throw new BrokerTrouble(signal.aborted ? "broker-slow" : reasonOf(error), error);
  }
}

/** A document that is there; anything but 200 is trouble. */
export async function fetchDocument(url: string, accept: string, signal: AbortSignal): Promise<Reply> {
  const reply = await exchange(url, { headers: { accept } }, signal);
  if (reply.status !== 200) throw new BrokerTrouble("broker-error");
  return reply;
}

/** `text` as a JSON object. Throws `BrokerTrouble`. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // The same trouble as below.
  }
  throw new BrokerTrouble("answer-unreadable");
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bodyLimit) throw new BrokerTrouble("answer-too-long"); // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function reasonOf(error: unknown): TroubleReason {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return /CERT|TLS|SSL|EPROTO|UNABLE_TO/u.test(code) ? "broker-tls" : "broker-unreachable";
}
