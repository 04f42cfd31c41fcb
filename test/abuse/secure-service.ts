import type { MovableClock } from "../harness/service.ts";
import { startServiceWithRoutes } from "./routes.ts";
import { startSenders } from "./senders.ts";

const publicUrl = "https://login.example";

/**
 * The service as in production: known to the world by https, reached here without the proxy that would be before it.
 * Links in messages are made to lead here.
 */
export async function openSecureService({
  env = {},
  clock,
}: {
  env?: Record<string, string>;
  clock?: MovableClock;
} = {}) {
  const senders = await startSenders();
  const { service, routes } = await startServiceWithRoutes({
    env: { ...senders.env, VAHVA_PUBLIC_URL: publicUrl, ...env },
    ...(clock && { clock }),
  });
  const url = `http://localhost:${service.port}`;
  return {
    ...service,
    url,
    publicUrl,
    routes,
    senders,
    inbox: () => senders.inbox({ publicUrl, at: url }),
    close: async () => {
      await service.close();
      await senders.stop();
    },
  };
}

export type SecureService = Awaited<ReturnType<typeof openSecureService>>;
