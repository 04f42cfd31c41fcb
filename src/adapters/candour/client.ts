import { createHmac } from "node:crypto";
import { seconds } from "../../kernel/time.ts";
import { CandourTrouble } from "./trouble.ts";

const bodyLimit = 256 * 1024;

/** For each attempt to erase: the person waits for both. */
const erasing = seconds(1.5);

/** Names of sessions go into addresses, so they are what Candour's are: letters, digits and hyphens. */
const sessionForm = /^[\w-]{1,100}$/u;

type Reply = Readonly<{ status: number; body: string; date: string | null }>;

/** What is asked of Candour. Every request is signed: HMAC-SHA-256 over the very bytes sent, or over the session's name. */
export function makeClient({ baseUrl, clientId, secret }: { baseUrl: string; clientId: string; secret: string }) {
  const send = (method: string, path: string, message: string, body: string | null, signal: AbortSignal) =>
    exchange(
      `${baseUrl}${path}`,
      {
        method,
        headers: {
          accept: "application/json",
          "x-auth-client": clientId,
          "x-hmac-signature": createHmac("sha256", secret).update(message).digest("hex"),
          ...(body !== null && { "content-type": "application/json" }),
        },
        body,
      },
      signal,
    );
  const ofSession = (method: string, session: string, signal: AbortSignal) =>
    send(method, `/${session}`, session, null, signal);

  return {
    /** Opens a session; `link` is where its person goes. Throws `CandourTrouble`. */
    async create(wanted: object, signal: AbortSignal): Promise<Readonly<{ session: string; link: string }>> {
      const body = JSON.stringify(wanted);
      const reply = await send("POST", "", body, body, signal);
      if (reply.status !== 200 && reply.status !== 201) throw troubleOf(reply);
      const { verificationSessionId: session, invitationLink: link } = parseObject(reply.body);
      if (!isSession(session) || typeof link !== "string") throw new CandourTrouble("answer-unreadable");
      return { session, link };
    },
    /** What has come of it so far; null when there is no such session any more. Throws `CandourTrouble`. */
    async read(session: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | null> {
      const reply = await ofSession("GET", session, signal);
      if (reply.status === 404 || reply.status === 410) return null;
      if (reply.status !== 200) throw troubleOf(reply);
      return parseObject(reply.body);
    },
    /** Whether Candour has erased it; tried twice. */
    async erase(session: string): Promise<boolean> {
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const reply = await ofSession("DELETE", session, AbortSignal.timeout(erasing)).catch(() => null);
        if (reply && (reply.status < 300 || reply.status === 404 || reply.status === 410)) return true;
      }
      return false;
    },
    /** How it answers to a session that there is not, which changes nothing there. Throws `CandourTrouble`. */
    ask: (session: string, signal: AbortSignal): Promise<Reply> => ofSession("GET", session, signal),
  };
}

export const isSession = (text: unknown): text is string => typeof text === "string" && sessionForm.test(text);

const troubleOf = ({ status }: Reply) =>
  new CandourTrouble(status === 401 || status === 403 ? "broker-refused-us" : "broker-error");

/** One request; `signal` limits headers and body together. Redirects are not followed. Throws `CandourTrouble`. */
async function exchange(url: string, init: RequestInit, signal: AbortSignal): Promise<Reply> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const body = await readBody(response);
    if (response.status >= 300 && response.status < 400) throw new CandourTrouble("broker-redirects");
    return { status: response.status, body, date: response.headers.get("date") };
  } catch (error) {
    if (error instanceof CandourTrouble) throw error;
    throw new CandourTrouble(signal.aborted ? "broker-slow" : "broker-unreachable", error);
  }
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bodyLimit) throw new CandourTrouble("answer-too-long"); // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // The same trouble as below.
  }
  throw new CandourTrouble("answer-unreadable");
}
