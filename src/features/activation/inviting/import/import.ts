import type { Tx } from "../../../../platform/database/index.ts";
import type { Actor, AuditEvent } from "../../../audit/index.ts";
import type { Organisation, Problem } from "../../../organisations/index.ts";
import { type InviteResult, type InvitingDeps, makeInviteAll } from "../invite.ts";
import { type CheckedRow, checkRows, inColumns } from "./check-rows.ts";
import { readCsv } from "./read-csv.ts";

export type ImportOptions = {
  /** The organisation of every row; null: each row names its own (for operators only). */
  organisation: Organisation | null;
  /** Only says what would happen. */
  dryRun: boolean;
  /** What a bad row does: `skip` leaves it out, `stop-all` leaves everything out. */
  onError: "skip" | "stop-all";
  actor: Actor;
  /** Told after each batch. */
  progress?: (done: number, total: number) => void;
};

/** What became of a line. `acceptable`: it would have gone in (a dry run, or another row stopped all). */
export type Verdict =
  | { line: number; verdict: "invited"; invitationId: string }
  | { line: number; verdict: "acceptable" }
  | { line: number; verdict: "rejected"; problems: readonly Problem[] };

/** `problems` are the file's own; with any, no row was looked at. */
export type ImportReport = {
  problems: readonly Problem[];
  rows: readonly Verdict[];
  invited: number;
  rejected: number;
};

/** Rows that go in together: an outage leaves whole batches, never half a person. */
const batchSize = 200;

type GoodRow = Extract<CheckedRow, { invitee: unknown }>;

/** Rolls the one transaction of `stop-all` back: a row was refused after all. */
class Stopped extends Error {}

const batches = (rows: readonly GoodRow[]): GoodRow[][] =>
  [...Map.groupBy(rows, (row) => row.organisation.id).values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / batchSize) }, (_, at) =>
      group.slice(at * batchSize, (at + 1) * batchSize),
    ),
  );

const summary = (rows: Verdict[]): ImportReport => ({
  problems: [],
  rows: rows.toSorted((a, b) => a.line - b.line),
  invited: rows.filter(({ verdict }) => verdict === "invited").length,
  rejected: rows.filter(({ verdict }) => verdict === "rejected").length,
});

function toVerdict(line: number, result: InviteResult | undefined): Verdict {
  if (result && "invitationId" in result) return { line, verdict: "invited", invitationId: result.invitationId };
  return { line, verdict: "rejected", problems: inColumns(result?.problems ?? []) };
}

/**
 * Invites the people of a CSV file (ACT-1): every row gets a verdict with its line; no row goes in by half. With `skip`
 * the good rows go in, 200 to a transaction, and importing the same file again finds those that are in; with
 * `stop-all` all go in, in one transaction, or none.
 */
export const makeImport = (deps: InvitingDeps) => {
  const inviteAll = makeInviteAll(deps);

  const inviteBatch = async (tx: Tx, rows: readonly GoodRow[], actor: Actor) => {
    const organisation = rows[0]?.organisation;
    if (!organisation) return { verdicts: [], events: [] };
    const invitees = rows.map(({ invitee }) => invitee);
    const { results, events } = await inviteAll(tx, organisation, invitees, actor);
    return { verdicts: rows.map(({ line }, index) => toVerdict(line, results[index])), events };
  };

  const inviteEach = async (rows: readonly GoodRow[], { actor, progress }: ImportOptions): Promise<Verdict[]> => {
    const verdicts: Verdict[] = [];
    for (const batch of batches(rows)) {
      const invited = await deps.db.transaction().execute(async (tx) => {
        const { verdicts, events } = await inviteBatch(tx, batch, actor);
        await deps.audit.record(tx, events);
        return verdicts;
      });
      verdicts.push(...invited);
      progress?.(verdicts.length, rows.length);
    }
    return verdicts;
  };

  const inviteAllOrNone = async (rows: readonly GoodRow[], { actor, progress }: ImportOptions): Promise<Verdict[]> => {
    const verdicts: Verdict[] = [];
    const events: AuditEvent[] = [];
    try {
      await deps.db.transaction().execute(async (tx) => {
        for (const batch of batches(rows)) {
          const invited = await inviteBatch(tx, batch, actor);
          verdicts.push(...invited.verdicts);
          events.push(...invited.events);
          if (verdicts.some(({ verdict }) => verdict === "rejected")) throw new Stopped();
          progress?.(verdicts.length, rows.length);
        }
        await deps.audit.record(tx, events);
      });
      return verdicts;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      const refused = verdicts.filter(({ verdict }) => verdict === "rejected");
      const lines = new Set(refused.map(({ line }) => line));
      const others = rows.filter(({ line }) => !lines.has(line));
      return [...refused, ...others.map(({ line }): Verdict => ({ line, verdict: "acceptable" }))];
    }
  };

  return async (source: AsyncIterable<Uint8Array | string>, options: ImportOptions): Promise<ImportReport> => {
    const read = await readCsv(source);
    if ("problems" in read) return { problems: read.problems, rows: [], invited: 0, rejected: 0 };
    const checked = await checkRows(deps, read.rows, options.organisation);
    const good = checked.filter((row) => "invitee" in row);
    const rejected = checked
      .filter((row) => "problems" in row)
      .map((row): Verdict => ({ line: row.line, verdict: "rejected", problems: row.problems }));
    if (options.dryRun || (options.onError === "stop-all" && rejected.length > 0))
      return summary([...rejected, ...good.map(({ line }): Verdict => ({ line, verdict: "acceptable" }))]);
    const invite = options.onError === "skip" ? inviteEach : inviteAllOrNone;
    return summary([...rejected, ...(await invite(good, options))]);
  };
};
