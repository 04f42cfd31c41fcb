import { type Instant, minutes, plus } from "../../../../kernel/time.ts";

/** How long after the proof an authenticator may be linked by it. */
const linkableFor = minutes(30);

/** Whether an authenticator can be linked anew by the proof of a reset, here and now, and why not. */
export type LinkAnew = "open" | "elsewhere" | "late" | "changed";

/** `isSame`: nothing has ended the account's access since the reset. Told only in the browser that made it. */
export function linkAnew(
  { isOwnBrowser, isSame, provedAt }: Readonly<{ isOwnBrowser: boolean; isSame: boolean; provedAt: Instant }>,
  now: Instant,
): LinkAnew {
  if (!isOwnBrowser) return "elsewhere";
  if (!isSame) return "changed";
  return now < plus(provedAt, linkableFor) ? "open" : "late";
}
