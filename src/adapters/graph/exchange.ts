import { type Duration, type Instant, seconds } from "../../kernel/time.ts";
import { authorityOfNode, codeOfFetch, noConnection } from "../directory-parts/connection.ts";
import { instantOf, retryAfterOf } from "../directory-parts/retry-after.ts";
import { DirectoryTrouble, later } from "../directory-parts/trouble.ts";

/** Graph itself gives up on a list after a minute. */
const patience = seconds(65);
const bodyLimit = 1024 * 1024;

const place = { what: "Entra ID or Graph", address: "loginUrl or graphUrl", authority: authorityOfNode } as const;

export type Reply = Readonly<{
  status: number;
  /** Null where it is none, or no JSON. */
  body: unknown;
  retryAfter: Duration | undefined;
  /** The header `Date`. */
  date: Instant | null;
}>;

/** One request and its answer, JSON both. Redirects are not followed. Throws `DirectoryTrouble` where there is no answer. */
export async function exchange(url: string, init: RequestInit, signal: AbortSignal): Promise<Reply> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: limited });
    const text = await readBody(response);
    const { status, headers } = response;
    return { status, body: parseJson(text), retryAfter: retryAfterOf(headers), date: instantOf(headers.get("date")) };
  } catch (error) {
    if (error instanceof DirectoryTrouble) throw error;
    if (signal.aborted) throw later("the attempt took too long, or the service stopped");
    if (limited.aborted) throw later(`there was no answer in ${patience / 1000} s`);
    throw later(noConnection(codeOfFetch(error), place));
  }
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bodyLimit) throw later("an answer was too long"); // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
