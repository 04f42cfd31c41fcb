import { parse } from "csv-parse";
import { type Problem, problem } from "../../../organisations/index.ts";

/** The columns of a file of people to invite, as its first line names them. The first four are needed. */
export const columns = [
  "given_name",
  "family_name",
  "email",
  "phone",
  "organisation",
  "category",
  "language",
  "user_name",
  "roles",
  "home",
  "identity_code",
] as const;

export type Column = (typeof columns)[number];
const needed = columns.slice(0, 4);
const isColumn = (name: string): name is Column => columns.some((column) => column === name);

/** A line of the file; `problems` are there when it can't be read as one. */
export type Row = { line: number; values: Readonly<Partial<Record<Column, string>>>; problems: readonly Problem[] };

/** A whole file is refused when its shape is wrong: what its rows say can't be told then. */
export type ReadCsv = { rows: Row[] } | { problems: readonly Problem[] };

export const largestFile = 20 * 1024 * 1024;
export const mostRows = 100_000;

async function decode(source: AsyncIterable<Uint8Array | string>): Promise<string | Problem> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  let text = "";
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > largestFile) return problem("file", "too-large", "The file is larger than 20 MB. Divide it.");
      text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return problem("file", "not-utf-8", "The file is not in UTF-8. Save it as “CSV UTF-8”.");
  }
  return text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
}

/** What divides the columns: whichever the first line has more of. */
function delimiterOf(text: string): string {
  const [first = ""] = text.trimStart().split("\n", 1);
  const count = (sign: string) => first.split(sign).length;
  return [";", ",", "\t"].toSorted((a, b) => count(b) - count(a))[0] ?? ";";
}

function headerProblems(header: readonly string[]): Problem[] {
  const unknown = header.filter((name) => !isColumn(name));
  const missing = needed.filter((name) => !header.includes(name));
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  return [
    ...unknown.map((name) =>
      problem(name.slice(0, 60), "unknown-column", `There is no such column. The columns are ${columns.join(", ")}.`),
    ),
    ...missing.map((name) => problem(name, "missing-column", "The first line has to name this column.")),
    ...twice.map((name) => problem(name.slice(0, 60), "column-twice", "The column is there twice.")),
  ];
}

function toRow(line: number, last: number, header: readonly string[], record: readonly string[]): Row {
  const broken =
    last > line
      ? problem("line", "several-lines", `It goes on to line ${last}: a quotation mark seems to be out of place.`)
      : record.length !== header.length
        ? problem("line", "column-count", `It has ${record.length} values; the first line names ${header.length}.`)
        : null;
  if (broken) return { line, values: {}, problems: [broken] };
  return { line, values: Object.fromEntries(header.map((name, index) => [name, record[index] ?? ""])), problems: [] };
}

/**
 * Reads a CSV file: UTF-8 with or without a byte order mark, divided by semicolons, commas or tabs, the first line naming
 * the columns. Nothing in it is a formula: `=1+1` is the text `=1+1`.
 */
export async function readCsv(source: AsyncIterable<Uint8Array | string>): Promise<ReadCsv> {
  const text = await decode(source);
  if (typeof text !== "string") return { problems: [text] };
  const parser = parse(text, {
    delimiter: delimiterOf(text),
    record_delimiter: "\n",
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  });
  const rows: Row[] = [];
  let header: string[] | undefined;
  try {
    for await (const { record, raw, info } of parser as AsyncIterable<CsvRecord>) {
      if (!header) {
        header = record.map((name) =>
          name
            .trim()
            .toLowerCase()
            .replaceAll(/[\s-]+/g, "_"),
        );
        const problems = headerProblems(header);
        if (problems.length > 0) return { problems };
        continue;
      }
      const first = info.lines - (raw.trim().split("\n").length - 1);
      rows.push(toRow(first, info.lines, header, record));
      if (rows.length > mostRows)
        return { problems: [problem("file", "too-many-rows", `More than ${mostRows} rows. Divide the file.`)] };
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "CSV_QUOTE_NOT_CLOSED")) throw error;
    return { problems: [problem("file", "open-quote", "A quotation mark is opened and never closed.")] };
  }
  if (rows.length === 0) return { problems: [problem("file", "empty", "The file has no rows.")] };
  return { rows };
}

/** What csv-parse gives with `info` and `raw`, which its types leave out. */
type CsvRecord = { record: string[]; raw: string; info: { lines: number } };
