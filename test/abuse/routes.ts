import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { type ServiceOptions, startService } from "../harness/service.ts";

export type Route = { method: string; url: string; machine: boolean };

const channel = "fastify.initialization";

/** The whole service, and every route that it has: what fastify itself was told, so that none can be forgotten here. */
export async function startServiceWithRoutes(options: ServiceOptions = {}) {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }; // as Fastify's documentation has it
    fastify.addHook("onRoute", ({ method, url, config }) => {
      for (const each of [method].flat())
        routes.push({ method: each, url, machine: (config as { machine?: boolean } | undefined)?.machine ?? false });
    });
  };
  subscribe(channel, listen);
  try {
    return { service: await startService(options), routes };
  } finally {
    unsubscribe(channel, listen);
  }
}
