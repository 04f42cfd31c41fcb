/** What a column of a file of tokens can be. */
export type Column = "serial" | "secret" | "period" | "manufacturer" | "model" | "algorithm" | "digits";

/** By the names that vendors and Entra give them, in small letters without punctuation. */
const names: Readonly<Record<Column, RegExp>> = {
  serial: /^(?:token ?)?serial(?: ?(?:number|no|nr))?$|^sn$/,
  secret: /^(?:secret(?: ?key)?|seed|key)(?: ?(?:base ?32|hex))?$/,
  period: /^(?:time ?)?(?:interval|step)$|^period$/,
  manufacturer: /^manufacturer$|^vendor$/,
  model: /^model$/,
  algorithm: /^algorithm$|^hash(?: ?(?:function|algorithm))?$/,
  digits: /^digits$/,
};

/** What each cell of a file's first line names; null for a column that is left aside, such as Entra's `upn`. */
export const readHeader = (cells: readonly string[]): readonly (Column | null)[] =>
  cells.map((cell) => {
    const name = cell
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
    const found = Object.entries(names).find(([, pattern]) => pattern.test(name))?.[0];
    return (found as Column | undefined) ?? null; // its keys are columns
  });

/** Whether a first line names columns rather than a token. */
export const isHeader = (columns: readonly (Column | null)[]): boolean =>
  columns.includes("serial") || columns.includes("secret");
