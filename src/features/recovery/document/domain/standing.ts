import type { Instant } from "../../../../kernel/time.ts";

/** A document's case as it is now, and the epoch of its account. */
export type Stands = Readonly<{
  state: "unconfirmed" | "open" | "approved" | "refused" | "closed";
  expiresAt: Instant | null;
  epoch: number;
  accountEpoch: number | null;
}>;

/** What the person's page shows: to wait, to go on, or that nothing comes of it. */
export function standing(
  { state, expiresAt, epoch, accountEpoch }: Stands,
  now: Instant,
): "waiting" | "approved" | "over" {
  if (epoch !== accountEpoch || expiresAt === null || now >= expiresAt) return "over";
  if (state === "open") return "waiting";
  return state === "approved" ? "approved" : "over";
}
