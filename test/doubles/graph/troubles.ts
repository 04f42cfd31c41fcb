import type { ServerResponse } from "node:http";
import type { Duration } from "../../../src/kernel/time.ts";

/** `after`: what was asked is done, and the answer is still this one. */
export type Trouble = {
  /** Of `METHOD /path`. */
  on: RegExp;
  times: number;
  how:
    | Readonly<{ status: number; retryAfter?: Duration; after?: boolean; body?: unknown }>
    | "hang"
    | "reset"
    | "redirect"
    | "bad-json";
};

/** The next trouble of this call, which it uses up. */
export function takeTrouble(troubles: Trouble[], call: string): Trouble["how"] | undefined {
  const trouble = troubles.find(({ on, times }) => times > 0 && on.test(call));
  if (trouble) trouble.times -= 1;
  return trouble?.how;
}

/** Fails without an answer that is one of Graph's. */
export function fail(how: Exclude<Trouble["how"], object>, response: ServerResponse, elsewhere: string): void {
  response.on("error", () => {});
  if (how === "reset") response.socket?.resetAndDestroy();
  if (how === "redirect") response.writeHead(307, { location: elsewhere }).end();
  if (how === "bad-json") response.writeHead(200, { "content-type": "application/json" }).end('{"value": [');
}
