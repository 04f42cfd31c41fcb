import { between, type Duration, type Instant, minutes } from "../../kernel/time.ts";
import type { Listed, RemovableKind } from "./methods.ts";

/** `there`: still to be removed. `gone`: Graph said so, or it is no longer listed. `left`: not to be removed, or not to be had. */
export type EntryState = "there" | "gone" | "left";

/** A method that existed when the reset was made, and what has become of it. */
export type Entry = Readonly<{
  kind: RemovableKind | null;
  id: string;
  name: string;
  mark: string | null;
  createdAt: Instant | null;
  state: EntryState;
  /** When Graph said that it is removed. */
  goneAt: Instant | null;
  /** How often Graph has refused to remove it. */
  refusals: number;
}>;

/** How late the first listing may be for methods that carry no time of their making to count as older than the reset. */
const promptly = minutes(10);

/** How long a list may show what has been removed. */
const settling = minutes(5);

/** The methods that existed at `madeAt`. `ahead` is how far their clock is ahead of ours. */
export function takeSnapshot(
  listed: readonly Listed[],
  { madeAt, now, ahead, leave }: { madeAt: Instant; now: Instant; ahead: Duration; leave: readonly RemovableKind[] },
): readonly Entry[] {
  const isLate = between(madeAt, now) > promptly;
  return listed
    .filter(({ createdAt }) => createdAt === null || between(madeAt, createdAt) - ahead <= 0)
    .map((method) => {
      const mayGo = method.kind !== null && !leave.includes(method.kind) && !(isLate && method.createdAt === null);
      return { ...method, state: mayGo ? "there" : "left", goneAt: null, refusals: 0 };
    });
}

/**
 * The snapshot after another look. What is no longer listed, or is another thing by the same id, is gone. `isSettled` is false
 * while the list shows what has been removed just now. What it shows for longer was never removed, except a number or address:
 * that has been linked anew.
 */
export function compare(
  entries: readonly Entry[],
  listed: readonly Listed[],
  now: Instant,
): Readonly<{ entries: readonly Entry[]; isSettled: boolean }> {
  const judged = entries.map((entry): { entry: Entry; isSettled: boolean } => {
    const isListed = listed.some((method) => isSame(entry, method));
    if (!isListed) return { entry: { ...entry, state: "gone" }, isSettled: true };
    if (entry.state !== "gone") return { entry, isSettled: true };
    const isSettled = entry.goneAt === null || between(entry.goneAt, now) > settling;
    return { entry: isSettled && entry.mark === null ? { ...entry, state: "left" } : entry, isSettled };
  });
  return { entries: judged.map(({ entry }) => entry), isSettled: judged.every(({ isSettled }) => isSettled) };
}

function isSame(entry: Entry, method: Listed): boolean {
  if (entry.kind !== method.kind || entry.id !== method.id || entry.mark !== method.mark) return false;
  const { createdAt } = entry;
  return createdAt === null || method.createdAt === null || createdAt.getTime() === method.createdAt.getTime();
}

/** How many of those that were to be removed are gone. */
export function progressOf(entries: readonly Entry[] | null): { removed: number; of: number } | null {
  if (entries === null) return null;
  const removed = entries.filter(({ state }) => state === "gone").length;
  return { removed, of: removed + entries.filter(({ state }) => state === "there").length };
}

/** The names of what was not removed, each once. */
export const namesOfLeft = (entries: readonly Entry[] | null): string[] => [
  ...new Set((entries ?? []).filter(({ state }) => state !== "gone").map(({ name }) => name)),
];
