import type { Io } from "./io.ts";

export const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** Columns as wide as what they hold, two spaces between them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Each setting in a row, by its path; of a text of many lines, such as a certificate, the first. */
export function leavesOf(value: unknown, path = ""): [string, string][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, part]) => leavesOf(part, path ? `${path}.${name}` : name));
  return [[path, leafOf(value)]];
}

function leafOf(value: unknown): string {
  if (Array.isArray(value))
    return value.some((each) => typeof each === "object") ? JSON.stringify(value) : value.join(", ") || "none";
  const [first = "", ...more] = String(value).split("\n");
  return more.length > 0 ? `${first} …` : first;
}

type Row = { line: number } & (
  | { verdict: "rejected"; problems: readonly { field: string; says: string }[] }
  | { verdict: string }
);

/** Tells what came of a file, each rejected row with its line and reasons; the exit code is 1 when there is one. */
export function tellReport(
  io: Io,
  report: { problems: readonly { field: string; says: string }[]; rows: readonly Row[]; rejected: number },
  summary: string,
  { asJson = false }: { asJson?: boolean | undefined } = {},
): number {
  if (report.problems.length > 0) return refuse(io, report.problems, { asJson });
  if (asJson) io.print(json(report));
  else
    for (const row of report.rows)
      for (const { field, says } of "problems" in row ? row.problems : [])
        io.print(`line ${row.line}  ${field}: ${says}`);
  io.say(summary);
  return report.rejected > 0 ? 1 : 0;
}

/** Says what was wrong with what was given; the exit code is 1. */
export function refuse(
  io: Io,
  problems: readonly { field: string; says: string }[],
  { asJson = false }: { asJson?: boolean | undefined } = {},
): number {
  if (asJson) io.print(json({ problems }));
  for (const { field, says } of problems) io.say(field ? `${field}: ${says}` : says);
  return 1;
}
