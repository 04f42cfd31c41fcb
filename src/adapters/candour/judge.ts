import { levels } from "../../kernel/identity.ts";
import { type Instant, plus, seconds } from "../../kernel/time.ts";
import { type Identification, levelTooLow, type Sent } from "../../ports/identity-broker.ts";
import { personOf, type Result } from "./person.ts";
import type { Setup } from "./settings.ts";
import { CandourTrouble, type RefusalReason, refused } from "./trouble.ts";

const skew = seconds(60);

/** Ends that are no identification. */
const endings: Readonly<Record<string, RefusalReason>> = { expired: "expired", failed: "failed" };

/**
 * What a result that we have fetched ourselves is worth: whether it is our session's, done, verified, after we asked, read
 * in a way that reaches the level; and whom the document names. Throws `CandourTrouble` when it can't be read.
 */
export function judgeResult(
  result: Result,
  setup: Setup,
  { session, ...sent }: Pick<Sent, "sentAt" | "level" | "now"> & { session: string },
): Exclude<Identification, { result: "unavailable" }> {
  if (result.verificationSessionId !== session) return refused("session-differs");
  const { status } = result;
  if (typeof status !== "string") throw new CandourTrouble("answer-unreadable");
  if (isFailedByHand(result)) return refused("manual-failure");
  const { pending, cancelled, success } = setup.statuses;
  if (pending.includes(status)) return { result: "pending" };
  if (cancelled.includes(status)) return { result: "cancelled" };
  if (!success.includes(status))
    return refused((Object.hasOwn(endings, status) && endings[status]) || "status-unknown");
  if (result.identityVerified !== true) return refused("not-verified");

  const level = levelOf(result, setup);
  if (level === null) return refused("method-unknown");
  if (levels.indexOf(level) < levels.indexOf(sent.level)) return refused(levelTooLow);
  const authenticatedAt = doneAt(result, sent);
  if ("result" in authenticatedAt) return authenticatedAt;
  const who = personOf(result);
  if ("result" in who) return who;
  const how = { level, authenticatedAt: authenticatedAt.at };
  return "identity" in who
    ? { result: "identified", identity: who.identity, ...how, brokerSession: null }
    : { result: "described", person: who.person, ...how };
}

/** Somebody at Candour has looked, and does not believe it. */
function isFailedByHand({ manualOverride: by }: Result): boolean {
  return typeof by === "object" && by !== null && "manualFailure" in by && by.manualFailure === true;
}

function levelOf({ verificationMethod: method }: Result, { levels: worth }: Setup) {
  const found = Object.entries(worth).find(([name]) => name === method);
  return found?.[1] ?? null;
}

/** When it was done: after we asked, so that an old result is never taken. */
function doneAt({ updatedAt, timestamp }: Result, { sentAt, now }: Pick<Sent, "sentAt" | "now">) {
  const at = instantOf(updatedAt ?? timestamp);
  if (!at) return refused("time-missing");
  if (plus(at, skew) < sentAt) return refused("result-old");
  if (at > plus(now, skew)) return refused("result-from-the-future");
  return { at } satisfies Readonly<{ at: Instant }>;
}

/** A moment with its time zone: without one nobody knows when it was. */
function instantOf(value: unknown): Instant | null {
  if (typeof value !== "string" || !/T.*(Z|[+-]\d{2}:?\d{2})$/u.test(value)) return null;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
