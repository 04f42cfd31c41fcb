import { createServer, type Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { PlainError } from "../../kernel/plain-error.ts";

export type Metrics = ReturnType<typeof makeMetrics>;

/** What Prometheus reads. Labels are of closed sets: routes as they were declared, event types, templates. */
export function makeMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: "vahva_http_request_seconds",
    help: "Time from a request's arrival to its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const events = new Counter({
    name: "vahva_events_total",
    help: "Audited events by type and result: sign-ins, activations, refusals",
    labelNames: ["type", "result"],
    registers,
  });
  const messages = new Counter({
    name: "vahva_messages_total",
    help: "Attempts to deliver e-mails and text messages",
    labelNames: ["channel", "template", "result"],
    registers,
  });
  const delivery = new Histogram({
    name: "vahva_message_wait_seconds",
    help: "Time from a message's cause to its delivery",
    labelNames: ["channel"],
    buckets: [1, 2, 5, 10, 30, 60, 300, 900, 3600],
    registers,
  });
  const identifications = new Counter({
    name: "vahva_identifications_total",
    help: "What came of each person sent to an identification broker",
    labelNames: ["broker", "result"],
    registers,
  });
  const directories = new Counter({
    name: "vahva_directory_jobs_total",
    help: "Attempts to tell directories",
    labelNames: ["kind", "task", "result"],
    registers,
  });
  const arrival = new Histogram({
    name: "vahva_directory_delay_seconds",
    help: "Time from a cause to its arrival in a directory",
    labelNames: ["kind", "task"],
    buckets: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 86_400],
    registers,
  });
  const late = new Counter({
    name: "vahva_directory_late_total",
    help: "What has waited for a directory for more than ten minutes",
    registers,
  });
  return {
    registry,
    countDirectory: (kind: string, task: string, result: string, waitedSeconds: number | null) => {
      directories.inc({ kind, task, result });
      if (result === "done" && waitedSeconds !== null) arrival.observe({ kind, task }, waitedSeconds);
    },
    countLateDirectory: (jobs: number) => late.inc(jobs),
    countIdentification: (broker: string, result: string) => identifications.inc({ broker, result }),
    countEvent: (type: string, result: string) => events.inc({ type, result }),
    countMessage: (channel: string, template: string, result: string, waitedSeconds: number) => {
      messages.inc({ channel, template, result });
      if (result === "delivered") delivery.observe({ channel }, waitedSeconds);
    },
    /** Numbers by a label's values, read when Prometheus asks; while they can't be, there are none. */
    gauges: (name: string, help: string, label: string, read: () => Promise<Readonly<Record<string, number>>>) =>
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          const numbers = await read().catch(() => ({}));
          this.reset();
          for (const [value, number] of Object.entries(numbers)) this.set({ [label]: value }, number);
        },
      }),
    /** A number that is read when Prometheus asks. */
    gauge: (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      }),
    /** Times every request of `app`. */
    observe: (app: FastifyInstance) => {
      app.addHook("onResponse", async (request, reply) => {
        if (request.routeOptions.config?.isStream) return;
        const route = request.routeOptions.url ?? "none";
        requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      });
    },
    routes: (app: FastifyInstance) => {
      app.get("/metrics", { config: { machine: true } }, async (_request, reply) =>
        reply.type(registry.contentType).send(await registry.metrics()),
      );
    },
  };
}

/** Serves /metrics on an address of its own (`host:port`), away from the public. */
export async function serveMetrics({ registry }: Metrics, address: string): Promise<{ close(): Promise<void> }> {
  const [host, port] = address.split(":");
  const server: Server = createServer(async (request, response) => {
    if (request.url !== "/metrics") response.writeHead(404).end();
    else response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", () =>
      reject(new PlainError(`The address ${address} for metrics is taken. Choose another one with VAHVA_METRICS.`)),
    );
    server.listen(Number(port), host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
