import type { FastifyReply, FastifyRequest } from "fastify";
import { networkOf } from "../../kernel/network.ts";
import type { Origin } from "../../kernel/origin.ts";
import { browserHash, type Cookies } from "./cookies.ts";

/** Where a request comes from. The browser gets its cookie if it has none. */
export const originOf = (cookies: Cookies, request: FastifyRequest, reply: FastifyReply): Origin => ({
  browserHash: browserHash(cookies.browser(request.raw, reply.raw)),
  network: networkOf(request.ip),
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
