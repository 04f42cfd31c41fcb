import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { between, type Duration, type Instant, seconds } from "../../kernel/time.ts";
import type { DirectoryHand } from "../../ports/directory.ts";
import { failed, later } from "../directory-parts/trouble.ts";
import { exchange, type Reply } from "./exchange.ts";
import type { Settings } from "./settings.ts";
import type { Tokens } from "./token.ts";

/** Waits, unless `signal` ends it. */
export type Wait = (duration: Duration, signal: AbortSignal) => Promise<unknown>;
export const wait: Wait = (duration, signal) => sleep(duration, undefined, { signal, ref: false });

/** How long one attempt waits at most, all in all; what would take longer is for the next. */
const waitingLimit = seconds(60);
const mostPages = 20;

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
export type Call = Readonly<{
  /** After `/v1.0`. */
  path: string;
  version?: "v1.0" | "beta";
  body?: unknown;
  /** For queries that Graph answers from its index only. */
  eventual?: boolean;
}>;

/** What came of a list: its values, or why there is none (403, 404). `ahead` is how far Graph's clock is ahead of ours. */
export type List = Readonly<{ values: readonly unknown[]; ahead: Duration } | { status: number }>;

/** Graph, as one attempt speaks to it. Everything throws `DirectoryTrouble`. */
export type Session = Readonly<{
  /** One request. What it resolves to is an answer to it: 2xx, or 4xx that isn't about us or the load. */
  call(method: Method, call: Call): Promise<Reply>;
  /** A list with all its pages. */
  list(call: Call): Promise<List>;
  pause(duration: Duration): Promise<void>;
}>;

type Deps = Readonly<{ settings: Settings; tokens: Tokens; wait: Wait }>;

export function openSession(
  { settings, tokens, wait }: Deps,
  { now, signal }: Pick<DirectoryHand, "now" | "signal">,
): Session {
  let mayWait = waitingLimit;

  async function pause(duration: Duration, reason = "Graph has not finished"): Promise<void> {
    if (duration > mayWait) throw later(reason, duration);
    mayWait -= duration;
    try {
      await wait(duration, signal);
    } catch {
      throw later(reason, duration);
    }
  }

  const send = (url: string, method: Method, { body, eventual }: Call, token: string): Promise<Reply> => {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(eventual && { consistencylevel: "eventual" }),
    };
    return exchange(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }, signal);
  };

  async function sendAuthorized(url: string, method: Method, call: Call): Promise<Reply> {
    const first = await tokens.get(now());
    const reply = await send(url, method, call, first);
    if (reply.status !== 401) return reply;
    tokens.forget(first);
    const again = await send(url, method, call, await tokens.get(now()));
    if (again.status === 401)
      throw failed(
        "Graph refuses the application's token (401): see tenantId, graphUrl and the application's consent.",
      );
    return again;
  }

  async function sendUntilTaken(url: string, method: Method, call: Call): Promise<Reply> {
    for (;;) {
      const reply = await sendAuthorized(url, method, call);
      const { status, retryAfter } = reply;
      if (status >= 300 && status < 400) throw later(`Graph answered ${status}, a redirect, which is not followed`);
      if (status < 500 && status !== 429 && status !== 408) return reply;
      const reason = status === 429 ? "Graph asks to come back later (429)" : `Graph is in trouble (${status})`;
      if (retryAfter === undefined) throw later(reason);
      await pause(retryAfter, reason);
    }
  }

  const base = (version: Call["version"] = "v1.0") => `${settings.graphUrl}/${version}`;

  async function list(call: Call): Promise<List> {
    const values: unknown[] = [];
    let url = `${base(call.version)}${call.path}`;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const { status, body, date } = await sendUntilTaken(url, "GET", call);
      if (status !== 200) return { status };
      const { success, data } = page.safeParse(body);
      if (!success) throw later("Graph's answer can't be read");
      values.push(...data.value);
      const next = data["@odata.nextLink"];
      if (next === undefined) return { values, ahead: aheadOf(date, now()) };
      if (!isBelow(next, base(call.version)))
        throw failed("Graph's list goes on at another address, which is not followed.");
      url = next;
    }
    throw failed("Graph's list has too many pages.");
  }

  return { call: (method, call) => sendUntilTaken(`${base(call.version)}${call.path}`, method, call), list, pause };
}

const page = z.looseObject({ value: z.array(z.unknown()), "@odata.nextLink": z.string().optional() });

/** Our token goes where it is meant for only. */
const isBelow = (next: string, base: string): boolean =>
  URL.canParse(next) && new URL(next).href.startsWith(`${base}/`) && !new URL(next).username;

/** Less than two seconds are the network's. */
function aheadOf(date: Instant | null, now: Instant): Duration {
  const ahead = date === null ? 0 : between(now, date);
  return Math.abs(ahead) < seconds(2) ? 0 : ahead;
}
