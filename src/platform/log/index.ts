import { type Logger, pino } from "pino";

/**
 * Structured logs, one JSON object a line. Only what is named is logged of a request: no headers, no bodies, and of an
 * address its path without the query, with long random parts shortened, so that no token, code or PIN is ever written.
 */
export function makeLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["*.password", "*.pin", "*.code", "*.token", "*.secret", "*.authorization", "*.cookie"].flatMap((path) => [
        path,
        path.slice(2),
      ]),
      censor: "[secret]",
    },
    serializers: {
      req: (request: { method: string; url: string }) => ({ method: request.method, path: safePath(request.url) }),
      err: (error: Error & { code?: string; detail?: string }) => ({
        type: error.name,
        // A driver's error may quote a row in `detail`; it is left out.
        message: error.message,
        reason: error.code,
        stack: error.stack,
        cause: error.cause instanceof Error ? error.cause.message : undefined,
      }),
    },
  });
}

/** The path of an address, its query left out and every part of 20 characters or more shortened to its first four. */
export const safePath = (url: string): string =>
  (url.split("?")[0] ?? "").replace(/[\w~%.-]{20,}/g, (part) => `${part.slice(0, 4)}…`);
