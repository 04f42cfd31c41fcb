import { setTimeout as sleep } from "node:timers/promises";
import { isShut } from "../../kernel/account-state.ts";
import { minutes, seconds } from "../../kernel/time.ts";
import type {
  Carried,
  Directory,
  DirectoryHand,
  DirectoryProgress,
  DirectorySubject,
  DirectoryTask,
} from "../../ports/directory.ts";
import { type Account, loadAccount } from "../organisations/index.ts";
import { type Claim, saveMark } from "./claim-store.ts";
import type { DeliveryDeps } from "./contract.ts";
import type { DirectoryRow } from "./directory-store.ts";
import { placeOf } from "./job-store.ts";

/** Shorter than the lease of a claim, so that an attempt that hangs is over before another node may begin one. */
const attemptLimit = minutes(2);

/** How long an attempt that was told to end may take to say how far it came. */
const farewell = seconds(2);

type Deps = DeliveryDeps & Readonly<{ connect(row: DirectoryRow): Directory; stopping: AbortSignal }>;

/** What an attempt came to; `withheld` and `stopped` are ours, and the rest the directory's. */
export type CameOf = Carried | Readonly<{ result: "withheld" | "stopped" }>;

/** `gotOn`: more is removed than before it, so that the next attempt needn't wait as if this one had been in vain. */
export type Attempted = Readonly<{ came: CameOf; gotOn: boolean }>;

/**
 * One attempt, outside of any transaction. The account is read now, so that what is told is how it is. Never throws for
 * the adapter's faults.
 */
export async function attempt(deps: Deps, claim: Claim): Promise<Attempted> {
  let removed = claim.removed;
  const came = await carry(deps, claim, (progress) => {
    removed = Math.max(removed, progress?.removed ?? 0);
  });
  return { came, gotOn: removed > claim.removed };
}

async function carry(deps: Deps, claim: Claim, onProgress: (progress: DirectoryProgress) => void): Promise<CameOf> {
  const { db, clock, keyring, log, stopping } = deps;
  const account = await loadAccount(db, claim.accountId);
  if (!account) return { result: "later", reason: "the account is gone" };
  if (account.state === "frozen") return { result: "withheld" };
  const connection = tryToConnect(deps, claim.directory);
  if ("reason" in connection) return { result: "later", ...connection };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), attemptLimit).unref();
  const signal = AbortSignal.any([limit.signal, stopping]);
  const place = placeOf("memory", claim.id);
  try {
    const hand: DirectoryHand = {
      memory: claim.memory && keyring.open(place, claim.memory).toString(),
      remember: async (memory, progress) => {
        const mark = { memory: keyring.seal(place, memory), progress };
        if (!(await saveMark(db, claim, mark, clock.now()))) throw new Error("another node has taken this over");
        onProgress(progress);
      },
      now: clock.now,
      signal,
    };
    const carried = await Promise.race([connection.carry(taskOf(claim), subjectOf(account), hand), cutOff(signal)]);
    const isCutShort = stopping.aborted && carried.result === "later" && carried.retryAfter === undefined;
    return isCutShort ? { result: "stopped" } : carried;
  } catch (error) {
    log?.error(
      { job: claim.id, directory: claim.directory.name, ...anonymous(error) },
      "a directory could not be told",
    );
    return { result: "later", reason: "the adapter failed" };
  } finally {
    clearTimeout(timer);
  }
}

function tryToConnect({ connect }: Deps, row: DirectoryRow): Directory | { reason: string } {
  try {
    return connect(row);
  } catch (error) {
    return { reason: `it can't be used as it is configured: ${error instanceof Error ? error.message : error}` };
  }
}

const taskOf = ({ task, madeAt }: Claim): DirectoryTask => (task === "reset" ? { task, madeAt } : { task });

export const subjectOf = (account: Account): DirectorySubject => ({
  accountId: account.id,
  userName: account.userName,
  email: account.email,
  phone: account.phone,
  givenName: account.givenName,
  familyName: account.familyName,
  language: account.language,
  category: account.category,
  roles: account.roles,
  isActive: !isShut(account.state),
});

/** What is taken for the answer of an attempt that was told to end, and gives none. */
async function cutOff(signal: AbortSignal): Promise<Carried> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await sleep(farewell, undefined, { ref: false });
  return { result: "later", reason: "the directory did not answer in time" };
}

/** An error's kind and place. Its words may quote a name, an address or a secret, so they stay out of the log (AUD-4). */
function anonymous(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ +at /.test(line));
  return { error: error.name, at: frames.map((line) => line.trim()) };
}
