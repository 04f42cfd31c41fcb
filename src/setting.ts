import { readFileSync } from "node:fs";
import * as z from "zod";
import { PlainError } from "./kernel/plain-error.ts";

export type Setting = {
  name: string;
  /** One sentence for the reference page. */
  about: string;
  /** As the reference page shows it; what the code does without a value. */
  fallback: string;
  /** May also be given as the path of a file, in `<name>_FILE`. */
  secret: boolean;
  schema: z.ZodType;
};

export const url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `expected an address such as ${example}` });
export const port = z.coerce.number({ error: "expected a port number" }).int().min(0).max(65_535);
export const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

export const setting = <S extends z.ZodType>(about: string, fallback: string, schema: S, { secret = false } = {}) => ({
  about,
  fallback,
  secret,
  schema: schema.optional(),
});

/** What the file at `path` holds, which the setting `name` names. */
export function readFileOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new PlainError(`${name}: the file ${path} can't be read.`);
  }
}
