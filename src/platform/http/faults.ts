import type { Failure } from "../pages/index.ts";

/** Where PostgreSQL or the way to it is the trouble: connection refused or lost, too many connections, shutting down. */
const outage = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENOENT|08|53|57P)/;
const outageText = /Connection terminated|timeout exceeded when trying to connect|connection error|has been discarded/i;

/** Which page an error that reached the edge gets. Fastify's own errors carry the status they mean. */
export function faultKind(error: Error & { statusCode?: number; code?: string; cause?: unknown }): Failure {
  const status = error.statusCode;
  if (status === 429) return "too-many-requests";
  if (status === 503) return "busy";
  if (status !== undefined && status >= 400 && status < 500) return "bad-request";
  if (outage.test(error.code ?? "") || outageText.test(error.message)) return "unavailable";
  return error.cause instanceof Error ? faultKind(error.cause) : "fault";
}
