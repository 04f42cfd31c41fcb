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
