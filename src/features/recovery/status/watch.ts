import { setTimeout as sleep } from "node:timers/promises";
import { type Duration, type Instant, minutes, plus, seconds } from "../../../kernel/time.ts";
import type { Clock } from "../../../ports/clock.ts";

export type Pace = Readonly<{
  /** How often the database is asked. */
  look: Duration;
  /** After this long without news something is said all the same, or a proxy would take the stream for dead. */
  beat: Duration;
  /** No stream is longer; the browser asks for another one. */
  longest: Duration;
}>;

export const usualPace: Pace = { look: seconds(1), beat: seconds(15), longest: minutes(15) };

/** How far it is now, as a fragment of a page. `isOver`: it changes no more. */
export type Glance = Readonly<{ fragment: string; isOver: boolean }>;

type Watched = Readonly<{ look(): Promise<Glance>; clock: Clock; signal: AbortSignal; pace: Pace }>;

/** The events of a stream (HTML Living Standard §9.2): the fragment at once and at every change, and `end` once it is over. */
export async function* watch({ look, clock, signal, pace }: Watched): AsyncGenerator<string> {
  const until = plus(clock.now(), pace.longest);
  let told: string | null = null;
  let spoke: Instant = clock.now();
  yield reconnectAfter(seconds(2));
  while (!signal.aborted) {
    const { fragment, isOver } = await look();
    const now = clock.now();
    const beats = now >= plus(spoke, pace.beat);
    if (fragment !== told || beats) spoke = now;
    if (fragment !== told) yield event(fragment);
    else if (beats) yield ":\n\n";
    told = fragment;
    if (isOver) yield "event: end\ndata: over\n\n";
    if (isOver || now >= until) return;
    await sleep(pace.look, undefined, { signal }).catch(() => {});
  }
}

/** For whom there is no place: how it is now, and when to ask again. */
export const glimpse = ({ fragment, isOver }: Glance, after: Duration): string =>
  `${reconnectAfter(after)}${event(fragment)}${isOver ? "event: end\ndata: over\n\n" : ""}`;

const reconnectAfter = (length: Duration): string => `retry: ${length}\n\n`;

const event = (fragment: string): string => `${fragment.replace(/^/gm, "data: ")}\n\n`;
