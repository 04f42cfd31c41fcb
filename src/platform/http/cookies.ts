import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";
import { days } from "../../kernel/time.ts";
import type { Random } from "../../ports/random.ts";

export type Cookies = {
  /** The name of a cookie as browsers know it: `__Host-` where there is TLS, so that no other host can plant one. */
  name(kind: "browser" | "session" | "language"): string;
  read(request: IncomingMessage, kind: "browser" | "session" | "language"): string | null;
  /** Adds a cookie to the answer; without `maxAge` (milliseconds) it ends with the browser. */
  write(
    response: ServerResponse,
    kind: "browser" | "session" | "language",
    value: string,
    options?: { maxAge?: number },
  ): void;
  clear(response: ServerResponse, kind: "browser" | "session" | "language"): void;
  /** What journeys are bound to: a random value of the browser's own; made and set when it has none yet. */
  browser(request: IncomingMessage, response: ServerResponse): string;
  secure: boolean;
};

const browserIdForm = /^[\w-]{43}$/;

/** Only the hash of a browser's id is kept. */
export const browserHash = (id: string): Buffer => createHash("sha256").update(id).digest();

/** @param secure whether the public address is https; only then can cookies be `Secure` in every browser */
export function makeCookies({ secure, random }: { secure: boolean; random: Random }): Cookies {
  const made = new WeakMap<IncomingMessage, string>();
  const name: Cookies["name"] = (kind) => `${secure ? "__Host-" : ""}vahva_${kind}`;
  const attributes = { path: "/", httpOnly: true, sameSite: "lax", secure } as const;

  const read: Cookies["read"] = (request, kind) => parseCookie(request.headers.cookie ?? "")[name(kind)] ?? null;
  const write: Cookies["write"] = (response, kind, value, options = {}) => {
    const lasting = options.maxAge === undefined ? {} : { maxAge: Math.floor(options.maxAge / 1000) };
    response.appendHeader("set-cookie", stringifySetCookie({ name: name(kind), value, ...attributes, ...lasting }));
  };

  return {
    name,
    read,
    write,
    secure,
    clear: (response, kind) => write(response, kind, "", { maxAge: 0 }),
    browser(request, response) {
      const known = made.get(request) ?? read(request, "browser");
      if (known && browserIdForm.test(known)) return known;
      const id = random.bytes(32).toString("base64url");
      made.set(request, id);
      write(response, "browser", id, { maxAge: days(365) });
      return id;
    },
  };
}
