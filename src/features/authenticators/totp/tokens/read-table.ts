import { parse } from "csv-parse/sync";
import { type Problem, problem } from "../../../organisations/index.ts";
import { decodeSecret, type Encoding, findEncoding } from "../domain/encoding.ts";
import { type Column, isHeader, readHeader } from "../domain/table-columns.ts";
import type { BrokenLine, Entry } from "../domain/token-entry.ts";
import type { ReadTokens } from "./read-pskc.ts";

/** `entra` is Microsoft's six columns with their names; `token2` a serial number and a secret, with or without names. */
export type TableFormat = "token2" | "entra";

type Line = { line: number; values: Partial<Record<Column, string>> } | BrokenLine;

const mostRows = 100_000;

const refused = (reason: string, says: string): { problems: readonly Problem[] } => ({
  problems: [problem("file", reason, says)],
});

/**
 * The tokens of a CSV file, divided by semicolons, commas or tabs. `format` null: as its first line tells; `encoding`
 * null: as its secrets tell, if they do.
 */
export function readTable(text: string, format: TableFormat | null, encoding: Encoding | null): ReadTokens {
  const records = readRecords(text);
  if (!records) return refused("open-quote", "A quotation mark is opened and never closed.");
  if (records.length > mostRows) return refused("too-many-rows", `More than ${mostRows} rows. Divide the file.`);
  const [first] = records;
  if (!first) return refused("empty", "The file has no tokens.");
  const named = readHeader(first.cells);
  const hasHeader = isHeader(named);
  if (format === "entra" && !hasHeader)
    return refused("no-header", "The first line of an Entra file names the columns: upn, serial number, secret key …");
  const columns: readonly (Column | null)[] = hasHeader ? named : ["serial", "secret"];
  const wrong = headerProblems(columns, format);
  if (wrong.length > 0) return { problems: wrong };
  const lines = records.slice(hasHeader ? 1 : 0).map((record) => toLine(record, columns));
  if (lines.length === 0) return refused("empty", "The file has no tokens.");
  return decode(lines, encoding);
}

type RawRecord = Readonly<{ line: number; cells: readonly string[] }>;

function readRecords(text: string): RawRecord[] | null {
  try {
    const records = parse(text, {
      delimiter: delimiterOf(text),
      record_delimiter: "\n",
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // What csv-parse gives with `info`, which its types leave out.
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record.map((cell) => cell.trim()) }));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "CSV_QUOTE_NOT_CLOSED")) throw error;
    return null;
  }
}

/** What divides the columns: whichever the first line has more of. */
function delimiterOf(text: string): string {
  const [first = ""] = text.trimStart().split("\n", 1);
  const count = (sign: string) => first.split(sign).length;
  return [";", ",", "\t"].toSorted((a, b) => count(b) - count(a))[0] ?? ";";
}

function headerProblems(columns: readonly (Column | null)[], format: TableFormat | null): Problem[] {
  const needed: readonly Column[] = format === "entra" ? ["serial", "secret", "period"] : ["serial", "secret"];
  const missing = needed.filter((column) => !columns.includes(column));
  const twice = columns.filter((column, index) => column !== null && columns.indexOf(column) !== index);
  return [
    ...missing.map((column) => problem(column, "missing-column", "The first line has to name this column.")),
    ...twice.map((column) => problem(column ?? "", "column-twice", "The column is there twice.")),
  ];
}

function toLine({ line, cells }: RawRecord, columns: readonly (Column | null)[]): Line {
  if (cells.length !== columns.length) {
    const says = `It has ${cells.length} values, and there are ${columns.length} columns.`;
    return { line, flaws: [{ field: "line", reason: "column-count", says }] };
  }
  const values = columns.flatMap((column, index) => (column ? [[column, cells[index] ?? ""] as const] : []));
  return { line, values: Object.fromEntries(values) };
}

/** How the secrets are written is settled for the file as a whole, and never guessed. */
function decode(lines: readonly Line[], given: Encoding | null): ReadTokens {
  const written = lines.flatMap((one) => ("values" in one ? [{ line: one.line, text: one.values.secret ?? "" }] : []));
  const found = given ? { encoding: given } : findEncoding(written);
  if ("unclear" in found)
    return refused(
      "encoding-unclear",
      found.mixed
        ? `Some secrets are hexadecimal and others Base32 (line ${found.unclear}). Say with --encoding how they are written.`
        : `The secret of line ${found.unclear} could be hexadecimal as well as Base32. Say with --encoding how they are written.`,
    );
  const { encoding } = found;
  return { entries: lines.map((one) => ("flaws" in one ? one : toEntry(one.line, one.values, encoding))) };
}

function toEntry(line: number, values: Partial<Record<Column, string>>, encoding: Encoding): Entry {
  const { serial = "", secret = "", ...others } = values;
  const says =
    secret === "" ? "The secret is missing." : `The secret is not ${encoding === "hex" ? "hexadecimal" : "in Base32"}.`;
  const reason = secret === "" ? "missing" : "not-readable";
  return { line, serial, secret: decodeSecret(secret, encoding) ?? { field: "secret", reason, says }, ...others };
}
