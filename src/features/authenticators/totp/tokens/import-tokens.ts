import type { Db, Tx } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { Clock } from "../../../../ports/clock.ts";
import type { Random } from "../../../../ports/random.ts";
import type { Actor, Audit } from "../../../audit/index.ts";
import type { Organisation, Problem } from "../../../organisations/index.ts";
import { checkEntries, type Flaw, type TokenSeed } from "../domain/token-entry.ts";
import { stockPlace } from "../places.ts";
import { type FileOptions, readTokenFile } from "./read-file.ts";
import { insertTokens, lockKnown, lockStock, type NewToken, retireTokens } from "./token-store.ts";

export type ImportTokensDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "seal">;
  audit: Audit;
};

export type ImportTokensOptions = FileOptions &
  Readonly<{
    organisation: Organisation;
    /** Only says what would happen. */
    dryRun: boolean;
    /** What a bad line does: `skip` leaves it out, `stop-all` leaves everything out. */
    onError: "skip" | "stop-all";
    /** Takes tokens anew that are known and that nobody has linked now. */
    replace: boolean;
    actor: Actor;
  }>;

/** What became of a line. `acceptable`: it would have gone in (a dry run, or another line stopped all). */
export type TokenVerdict =
  | { line: number; verdict: "imported" | "acceptable"; serial: string }
  | { line: number; verdict: "rejected"; problems: readonly Flaw[] };

/** `problems` are the file's own; with any, no line was looked at. Nothing of it ever holds a secret. */
export type TokenReport = {
  problems: readonly Problem[];
  rows: readonly TokenVerdict[];
  imported: number;
  rejected: number;
};

const known: Flaw = {
  field: "serial",
  reason: "known",
  says: "The organisation has this token already. --replace takes it anew.",
};
const linked: Flaw = { field: "serial", reason: "linked", says: "Somebody has linked this token." };

const rejected = (line: number, problems: readonly Flaw[]): TokenVerdict => ({ line, verdict: "rejected", problems });
const verdicts = (seeds: readonly TokenSeed[], verdict: "imported" | "acceptable"): TokenVerdict[] =>
  seeds.map(({ line, serial }) => ({ line, serial, verdict }));
const isRejected = ({ verdict }: TokenVerdict): boolean => verdict === "rejected";

const summary = (rows: readonly TokenVerdict[]): TokenReport => ({
  problems: [],
  rows: rows.toSorted((a, b) => a.line - b.line),
  imported: rows.filter(({ verdict }) => verdict === "imported").length,
  rejected: rows.filter(isRejected).length,
});

/**
 * Takes the pre-programmed tokens of a file into an organisation's stock, from which people link them by their serial
 * numbers (USR-2): every line gets a verdict, and all good ones go in together, or none.
 */
export const makeImportTokens =
  ({ db, clock, random, keyring, audit }: ImportTokensDeps) =>
  async (source: AsyncIterable<Uint8Array>, options: ImportTokensOptions): Promise<TokenReport> => {
    const { organisation, dryRun, onError, replace, actor } = options;
    const read = await readTokenFile(source, options);
    if ("problems" in read) return { problems: read.problems, rows: [], imported: 0, rejected: 0 };
    const checked = checkEntries(read.entries);
    const seeds = checked.filter((one) => "secret" in one);
    const broken = checked.flatMap((one) => ("flaws" in one ? [rejected(one.line, one.flaws)] : []));

    return db.transaction().execute(async (tx) => {
      await lockStock(tx, organisation.id);
      const { good, refused } = await withoutKnown(tx, seeds, { organisation, replace });
      const bad = [...broken, ...refused];
      if (dryRun || (onError === "stop-all" && bad.length > 0))
        return summary([...bad, ...verdicts(good, "acceptable")]);
      const now = clock.now();
      const serials = good.map(({ serial }) => serial);
      if (replace) await retireTokens(tx, organisation.id, serials, now);
      await insertTokens(tx, organisation.id, good.map(toRow), now);
      const report = summary([...bad, ...verdicts(good, "imported")]);
      if (report.imported > 0)
        await audit.record(tx, [
          {
            type: "tokens.imported",
            result: "done",
            actor,
            organisationId: organisation.id,
            detail: { imported: report.imported, rejected: report.rejected },
          },
        ]);
      return report;
    });

    function toRow({ serial, secret, parameters, manufacturer, model }: TokenSeed): NewToken {
      const id = random.id();
      const sealed = keyring.seal(stockPlace(id), Buffer.from(secret));
      return { id, secret: sealed, parameters, serial, manufacturer, model };
    }
  };

/** Those of `seeds` that the organisation doesn't have, or may have anew. */
async function withoutKnown(
  tx: Tx,
  seeds: readonly TokenSeed[],
  { organisation, replace }: { organisation: Organisation; replace: boolean },
): Promise<{ good: TokenSeed[]; refused: TokenVerdict[] }> {
  const serials = seeds.map(({ serial }) => serial);
  const found = await lockKnown(tx, organisation.id, serials);
  const why = ({ serial }: TokenSeed): Flaw | null => {
    const one = found.get(serial);
    if (!one || (replace && !one.isLinked)) return null;
    return one.isLinked ? linked : known;
  };
  return {
    good: seeds.filter((seed) => why(seed) === null),
    refused: seeds.flatMap((seed) => {
      const flaw = why(seed);
      return flaw ? [rejected(seed.line, [flaw])] : [];
    }),
  };
}
