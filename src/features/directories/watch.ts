import { days, plus } from "../../kernel/time.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Audit } from "../audit/index.ts";
import type { Messages } from "../messages/index.ts";
import { letterhead, loadOrganisation } from "../organisations/index.ts";
import { type Alarm, markAlarmed, sweepJobs } from "./desk-store.ts";

export type WatchDeps = Readonly<{
  db: Db;
  clock: Clock;
  audit: Audit;
  messages: Pick<Messages, "enqueue">;
  /** Who is told by e-mail; null for nobody. */
  operatorEmail: string | null;
  log?: Readonly<{ error(fields: object, message: string): void }>;
  /** `jobs` more wait longer than they should. */
  onLate?: (jobs: number) => void;
}>;

/** How long what was done is kept, for the page that follows it and for who asks about it. */
const keptFor = days(30);

/** DIR-3: what waits longer than ten minutes, or has failed, is told once, and a directory that is away once an hour. */
export const makeWatch =
  ({ db, clock, audit, messages, operatorEmail, log, onLate }: WatchDeps) =>
  async (): Promise<void> => {
    const now = clock.now();
    const alarms = await db.transaction().execute(async (tx) => {
      const marked = await markAlarmed(tx, now);
      const news = marked.filter(({ isKnown }) => !isKnown);
      for (const alarm of operatorEmail === null ? [] : news) {
        const organisation = await loadOrganisation(tx, alarm.organisationId);
        if (!organisation) throw new Error("a directory lost its organisation");
        const { directory, late, failed } = alarm;
        await messages.enqueue(tx, [
          {
            template: "directory-late",
            parameters: { directory, organisation: organisation.slug, late, failed },
            channel: "email",
            to: operatorEmail ?? "",
            language: organisation.languages[0] ?? "en",
            letterhead: letterhead(organisation),
            expiresAt: plus(now, days(1)),
          },
        ]);
      }
      await audit.record(tx, news.filter(({ late }) => late > 0).map(lateEvent));
      return marked;
    });
    for (const { isKnown, ...alarm } of alarms) {
      onLate?.(alarm.late);
      if (!isKnown) log?.error(alarm, "a directory is not told what it should be");
    }
  };

const lateEvent = ({ organisationId, directory, late }: Alarm) => ({
  type: "directory.late",
  result: "refused" as const,
  actor: "system" as const,
  organisationId,
  detail: { directory, jobs: late },
});

/** Forgets what was done long ago, and passes that are over. */
export const makeSweep =
  ({ db, clock }: Pick<WatchDeps, "db" | "clock">) =>
  (): Promise<void> => {
    const now = clock.now();
    return sweepJobs(db, { before: plus(now, -keptFor), now });
  };
