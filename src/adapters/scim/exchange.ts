import { type Duration, type Instant, seconds } from "../../kernel/time.ts";
import { authorityOfNode, codeOfFetch, noConnection } from "../directory-parts/connection.ts";
import { retryAfterOf } from "../directory-parts/retry-after.ts";
import { failed, later } from "../directory-parts/trouble.ts";
import { isObject, type Resource } from "./path.ts";

const patience = seconds(15);
const bodyLimit = 1024 * 1024;
const type = "application/scim+json";

export type Request = Readonly<{
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** After the base address, its parts percent-encoded. */
  path: string;
  body?: Resource;
  /** The version that is changed, where the service knows versions. */
  ifMatch?: string | undefined;
}>;

/** `body` is an object, empty where there was none. */
export type Reply = Readonly<{ status: number; body: Resource }>;

/** What a request may be answered besides 2xx, because the caller knows what it means. */
export type Exchange = (request: Request, expected?: readonly number[]) => Promise<Reply>;

type Target = Readonly<{ baseUrl: string; token: string; now: () => Instant; signal: AbortSignal }>;

/** Requests with the bearer token; redirects are not followed. Throws `DirectoryTrouble`. */
export const makeExchange =
  ({ baseUrl, token, now, signal }: Target): Exchange =>
  async ({ method, path, body, ifMatch }, expected = []) => {
    const headers = {
      accept: `${type}, application/json`,
      authorization: `Bearer ${token}`,
      ...(body && { "content-type": type }),
      ...(ifMatch !== undefined && { "if-match": ifMatch }),
    };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const { response, text } = await fetchText(`${baseUrl}${path}`, { ...init, redirect: "manual", signal: limit });
    const { status } = response;
    if ((status < 200 || status > 299) && !expected.includes(status))
      throw judge(response, text, retryAfterOf(response.headers, now()));
    return { status, body: status < 300 ? parse(text, method) : (parseLoosely(text) ?? {}) };
  };

async function fetchText(url: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > bodyLimit) throw failed("The SCIM service's answer is longer than 1 MB.");
      chunks.push(chunk);
    }
    return { response, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    if (error instanceof Error && error.name === "DirectoryTrouble") throw error;
    // The error's own words may hold the address, and the address an identifier.
    throw later(wordsFor(error, init.signal?.aborted ?? false));
  }
}

function wordsFor(error: unknown, isAborted: boolean): string {
  if (isAborted) return "The SCIM service did not answer in time.";
  return noConnection(codeOfFetch(error), {
    what: "the SCIM service",
    address: "baseUrl",
    authority: authorityOfNode,
  });
}

function parse(text: string, method: string): Resource {
  const body = text.trim() === "" ? {} : parseLoosely(text);
  if (body) return body;
  // What was written has been taken; what was asked for must be readable.
  if (method !== "GET") return {};
  throw later("The SCIM service's answer is not JSON; a proxy may stand between.");
}

function parseLoosely(text: string): Resource | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7644 §3.12: of the words of an error only these, as the rest may quote a person. */
const scimTypes =
  /^(invalidFilter|tooMany|uniqueness|mutability|invalidSyntax|invalidPath|noTarget|invalidValue|invalidVers|sensitive)$/u;

function judge({ status }: Response, text: string, wait: Duration | undefined) {
  if (status === 401)
    return failed("The SCIM service refuses our token (401): get a new one there, and give it with the directory.");
  if (status === 403)
    return failed("The SCIM service does not let our token do this (403): give it the right to read and write users.");
  if (status >= 300 && status < 400)
    return failed(`The SCIM service answered ${status}, a redirect, which is not followed: correct baseUrl.`);
  if (status === 404) return failed("The SCIM service has nothing at this address (404): correct baseUrl.");
  if (status === 412) return later("Somebody changed the user there at the same moment (412).");
  const { scimType } = parseLoosely(text) ?? {};
  if (status === 409 && scimType === "uniqueness")
    return failed("Somebody else there has this account's user name or e-mail already (409, uniqueness).");
  if ([408, 409, 425, 429].includes(status) || (status >= 500 && status !== 501))
    return later(`The SCIM service answered ${status}.`, wait);
  const word = typeof scimType === "string" && scimTypes.test(scimType) ? `, ${scimType}` : "";
  return failed(`The SCIM service does not take what it was sent (${status}${word}): compare attributes and onReset.`);
}
