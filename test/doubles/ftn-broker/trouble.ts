import type { ServerResponse } from "node:http";

/** How a server fails. `hang` and `slow-drip` last until the client gives up, `huge-body` until it stops reading. */
export const troubles = [
  "http-500",
  "maintenance",
  "hang",
  "slow-drip",
  "bad-json",
  "huge-body",
  "reset",
  "redirect",
] as const;
export type Trouble = (typeof troubles)[number];

const json = { "content-type": "application/json" };

/** Answers by failing. Redirects lead to `elsewhere`. */
export function fail(trouble: Trouble, response: ServerResponse, elsewhere: string): void {
  const ways: Record<Trouble, () => unknown> = {
    "http-500": () => response.writeHead(500, json).end('{"error":"server_error"}'),
    maintenance: () =>
      response.writeHead(503, { "content-type": "text/html" }).end("<html><h1>Huoltokatko</h1></html>"),
    hang: () => undefined,
    "slow-drip": () => drip(response.writeHead(200, json)),
    "bad-json": () => response.writeHead(200, json).end('{"id_token": "eyJ'),
    "huge-body": () => flood(response.writeHead(200, json)),
    reset: () => response.socket?.resetAndDestroy(),
    redirect: () => response.writeHead(307, { location: elsewhere }).end(),
  };
  response.on("error", () => {});
  ways[trouble]();
}

function drip(response: ServerResponse): void {
  response.write("{");
  const timer = setInterval(() => response.write(" "), 100);
  response.on("close", () => clearInterval(timer));
}

/** 64 MB at most, at the pace at which they are read. */
function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, " ");
  let left = 1024;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) return void response.once("drain", more);
    }
    response.end();
  };
  more();
}
