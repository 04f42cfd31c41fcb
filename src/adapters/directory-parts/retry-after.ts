import { type Duration, days, type Instant, seconds } from "../../kernel/time.ts";

/** No wrong header may put people off for weeks. */
const longest = days(1);

/**
 * How long `Retry-After` asks us to wait (RFC 9110 §10.2.3): seconds, or a date, by the server's own clock where the header
 * `Date` tells it and by ours where it doesn't; a day at most. Undefined where it asks for nothing that can be read.
 */
export function retryAfterOf(headers: Headers, now?: Instant): Duration | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/u.test(value)) return bounded(seconds(Number(value)));
  const from = instantOf(headers.get("date")) ?? now;
  const until = instantOf(value);
  return from && until ? bounded(until.getTime() - from.getTime()) : undefined;
}

const bounded = (wait: Duration): Duration | undefined => (wait > 0 ? Math.min(wait, longest) : undefined);

/** The instant that a header names; null for none. */
export function instantOf(text: string | null): Instant | null {
  const instant = new Date(text ?? "");
  return Number.isNaN(instant.getTime()) ? null : instant;
}
