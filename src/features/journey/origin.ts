import type { FastifyReply, FastifyRequest } from "fastify";
import { browserHash, type Http } from "../../platform/http/index.ts";
import type { Origin } from "./method.ts";

export type Origins = Pick<Http, "cookies" | "network">;

/** Where a request comes from. The browser gets its cookie if it has none. */
export const originOf = (http: Origins, request: FastifyRequest, reply: FastifyReply): Origin => ({
  browserHash: browserHash(http.cookies.browser(request.raw, reply.raw)),
  network: http.network(request),
  browser: browserName(request.headers["user-agent"] ?? ""),
  reference: request.id,
});

const browsers = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["SamsungBrowser", "Samsung Internet"],
  ["Firefox", "Firefox"],
  ["FxiOS", "Firefox"],
  ["CriOS", "Chrome"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
] as const;
const systems = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS X", "Mac"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

/** "Firefox, Windows": for the person to recognise a session by. Empty for what is no browser. */
export function browserName(userAgent: string): string {
  const found = (list: readonly (readonly [string, string])[]) => list.find(([sign]) => userAgent.includes(sign))?.[1];
  return [found(browsers), found(systems)].filter(Boolean).join(", ");
}
