import { type Duration, type Instant, minutes, plus } from "../../../../kernel/time.ts";

/** What a person is promised (REC-3): after this a reset has reached every directory. */
export const promised: Duration = minutes(10);

/** How far one directory is, as the room of the directories tells it. */
export type Told = Readonly<{
  state: "waiting" | "done" | "failed" | "withheld";
  attempts: number;
  nextAttemptAt: Instant | null;
  isPaused: boolean;
  removed: number | null;
  left: readonly string[];
}>;

/**
 * What a line of the list says. `again`: it is tried once more later. `paused`: it is told when it is open again. `partly`:
 * done, but not all could be removed.
 */
export type LineState = "waiting" | "under-way" | "again" | "paused" | "done" | "partly" | "failed" | "withheld";

export function lineState({ state, attempts, nextAttemptAt, isPaused, removed, left }: Told, now: Instant): LineState {
  if (state === "done") return left.length > 0 ? "partly" : "done";
  if (state !== "waiting") return state;
  if (isPaused) return "paused";
  if (attempts > 0 && nextAttemptAt && nextAttemptAt > now) return "again";
  return attempts > 0 || removed !== null ? "under-way" : "waiting";
}

/** How the whole is: on its way, later than promised, all told, or over with something left to do. */
export type Stage = "under-way" | "late" | "done" | "left-over";

export function stageOf(list: readonly Told[], madeAt: Instant, now: Instant): Stage {
  if (list.some(({ state }) => state === "waiting")) return now > plus(madeAt, promised) ? "late" : "under-way";
  return list.some((each) => lineState(each, now) !== "done") ? "left-over" : "done";
}

/** Nothing changes by itself any more. */
export const isOver = (stage: Stage): boolean => stage === "done" || stage === "left-over";
