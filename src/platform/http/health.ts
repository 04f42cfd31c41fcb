import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";

/** `/healthz`: this process answers. `/readyz`: it can serve, so its database answers and it is not stopping. */
export function healthRoutes(app: FastifyInstance, { pool, isStopping }: { pool: Pool; isStopping(): boolean }): void {
  const config = { machine: true };
  app.get("/healthz", { config }, async () => ({ status: "ok" }));
  app.get("/readyz", { config }, async (_request, reply) => {
    if (isStopping()) return reply.code(503).send({ status: "stopping" });
    const answered = await Promise.race([
      pool.query("select 1").then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => setTimeout(resolve, 2_000, false).unref()),
    ]);
    return answered ? { status: "ready" } : reply.code(503).send({ status: "database unavailable" });
  });
}
