import { setTimeout as sleep } from "node:timers/promises";
import { between, minutes } from "../../kernel/time.ts";
import { use } from "../../platform/throttle/index.ts";
import type { Delivery } from "../../ports/mail-sender.ts";
import type { Channel, MessagesDeps, Outcome } from "./contract.ts";
import { earlier, nextAttempt } from "./domain/back-off.ts";
import { type SmsCaps, smsLimits } from "./domain/sms-limits.ts";
import { type Claim, claimDue, type Result, settleClaim } from "./store.ts";
import { type Contents, openContents } from "./templates/index.ts";

/** How many messages of a channel a node sends at once; the next are claimed when these have ended. */
const atOnce = 20;

/** Shorter than the lease of a claim, so that an attempt that hangs is over before another node may begin one. */
const attemptLimit = minutes(2);

type Deps = MessagesDeps & { smsCaps: SmsCaps; stopping: AbortSignal };

/** Delivers what is due on a channel, and says how many messages that were. */
export type DeliverDue = Readonly<Record<Channel, () => Promise<number>>>;

/** One channel after its own measure: a gateway that is away, or hangs, holds up no e-mail. Neither ever rejects. */
export function makeDeliverDue(deps: Deps): DeliverDue {
  const { db, clock, stopping, log } = deps;

  async function deliverChannel(channel: Channel): Promise<number> {
    let handled = 0;
    while (!stopping.aborted) {
      const claims = await claimDue(db, channel, clock.now(), atOnce);
      const handlings = await Promise.allSettled(claims.map((claim) => handle(deps, claim)));
      const lost = handlings.find((handling) => handling.status === "rejected");
      if (lost) throw lost.reason;
      handled += claims.length;
      if (claims.length < atOnce) break;
    }
    return handled;
  }

  const deliver = (channel: Channel) => () =>
    deliverChannel(channel).catch((error: unknown) => {
      log?.error({ err: error, channel }, "the outbox could not be read or written");
      return 0;
    });
  return { email: deliver("email"), sms: deliver("sms") };
}

async function handle(deps: Deps, claim: Claim): Promise<void> {
  const { db, clock, log, onOutcome } = deps;
  const result = await attempt(deps, claim);
  const now = clock.now();
  await settleClaim(db, claim, result, now);
  const outcome = outcomeOf(result);
  onOutcome?.({
    channel: claim.channel,
    template: claim.template,
    result: outcome,
    waited: between(claim.createdAt, now),
  });
  if (outcome === "delivered") return;
  const { id, channel, template, attempt: attempts } = claim;
  const reason = "reason" in result ? result.reason : undefined;
  log?.[outcome === "failed" ? "error" : "warn"]({ id, channel, template, attempts, reason }, `message ${outcome}`);
}

const outcomeOf = (result: Result): Outcome["result"] => {
  if (result.state !== "waiting") return result.state;
  return result.attempted ? "later" : "delayed";
};

/** One attempt, outside of any transaction: whatever it sends, it sends again under the same id if it isn't recorded. */
async function attempt(deps: Deps, claim: Claim): Promise<Result> {
  const { clock, random, keyring, log } = deps;
  if (claim.expiresAt <= clock.now()) return { state: "expired" };
  let contents: Contents;
  try {
    contents = openContents(keyring, claim.id, claim.contents);
  } catch (error) {
    log?.error({ id: claim.id, err: error }, "a message can't be opened");
    return { state: "failed", reason: "its contents could not be read" };
  }
  const limited = contents.channel === "sms" && claim.attempt === 1 ? await overLimit(deps, claim, contents.to) : null;
  if (limited) return limited;
  const delivery = await send(deps, claim.id, contents);
  if (delivery.result === "delivered") return { state: "delivered" };
  if (delivery.result === "never") return { state: "failed", reason: delivery.reason };
  const chance = random.bytes(1).readUInt8() / 255;
  const { retryAfter, reason } = delivery;
  const nextAttemptAt = nextAttempt(
    { attempts: claim.attempt, expiresAt: claim.expiresAt },
    { now: clock.now(), chance, retryAfter },
  );
  return { state: "waiting", nextAttemptAt, reason, attempted: true };
}

/** Counts a text message once, before its first attempt, and says what becomes of one too many (MSG-3). */
async function overLimit({ db, clock, smsCaps }: Deps, claim: Claim, to: string): Promise<Result | null> {
  const now = clock.now();
  for (const { over, reason, ...limit } of smsLimits({ ...claim, to }, smsCaps)) {
    const room = await use(db, limit, now);
    if (!room) continue;
    if (over === "refuse") return { state: "failed", reason };
    return { state: "waiting", nextAttemptAt: earlier(room, claim.expiresAt), reason, attempted: false };
  }
  return null;
}

/** A sender answers and never throws; one that does, or hangs, is tried again. */
async function send({ mail, sms, log }: Deps, id: string, contents: Contents): Promise<Delivery> {
  const over = new AbortController();
  const tooLong = sleep(attemptLimit, undefined, { signal: over.signal, ref: false }).then(
    (): Delivery => ({ result: "later", reason: "the sender did not answer in time" }),
  );
  tooLong.catch(() => {}); // ended by `over`
  try {
    const answer = contents.channel === "email" ? mail?.send({ id, ...contents }) : sms?.send({ id, ...contents });
    if (!answer) return { result: "later", reason: "no sender is configured" };
    return await Promise.race([answer, tooLong]);
  } catch (error) {
    log?.error({ id, ...anonymous(error) }, "a sender failed");
    return { result: "later", reason: "the sender failed" };
  } finally {
    over.abort();
  }
}

/** An error's kind and place. Its words may quote an address, a PIN or a link, so they stay out of the log (AUD-4). */
function anonymous(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ +at /.test(line));
  return { error: error.name, at: frames.map((line) => line.trim()) };
}
