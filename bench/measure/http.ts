import { Agent, type IncomingHttpHeaders, request } from "node:http";

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

type Wish = { method?: "GET" | "POST"; headers?: Record<string, string>; form?: Record<string, string> };

export type Caller = ReturnType<typeof makeCaller>;

/**
 * Sends requests to `origin` over kept connections. `node:http` costs this machine, which is the server's too, less than
 * `fetch` does.
 */
export function makeCaller(origin: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port } = new URL(origin);

  const send = (path: string, { method = "GET", headers = {}, form }: Wish = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const body = form && new URLSearchParams(form).toString();
      const type = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body?.length ?? 0) };
      const out = request(
        { agent, hostname, port, path, method, headers: body === undefined ? headers : { ...type, ...headers } },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (chunk: string) => {
            text += chunk;
          });
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
          answer.on("error", reject);
        },
      );
      out.on("error", reject);
      out.end(body);
    });
  return { origin, send, close: () => agent.destroy() };
}

/** An answer of another kind would be quick and worth nothing. */
export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Error(
    `${answer.status} instead of ${status}: ${answer.text.slice(0, 300)} ${answer.headers.location ?? ""}`,
  );
}

/** Where an answer leads, as a path of the same origin or a whole address. */
export const locationOf = (answer: Answer, origin: string): string =>
  expectStatus(answer, 303).headers.location?.replace(origin, "") ?? "";

/** A cookie header with what an answer sets on top of `before`. */
export function cookiesAfter(before: string, { headers }: Answer): string {
  const jar = new Map(before.split("; ").filter(Boolean).map(split));
  for (const header of headers["set-cookie"] ?? []) {
    const [name, value] = split(header.split(";")[0] ?? "");
    if (/expires=Thu, 01 Jan 1970/i.test(header) || /max-age=0/i.test(header)) jar.delete(name);
    else jar.set(name, value);
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}

const split = (pair: string): [string, string] => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
