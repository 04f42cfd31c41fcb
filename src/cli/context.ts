import { loadConfig } from "../config.ts";
import { PlainError } from "../kernel/plain-error.ts";
import type { Context } from "./composition.ts";
import type { Io } from "./io.ts";

export type { Context } from "./composition.ts";

/** Opens what a command needs, runs it, and closes everything again, whatever happens. */
export async function withContext(io: Io, run: (context: Context) => Promise<number>): Promise<number> {
  const config = loadConfig(io.env);
  const { compose } = await io.composition();
  const context = await compose({ config, claim: false, log: io.say });
  try {
    return await run(context);
  } finally {
    await context.close();
  }
}

/** The one thing that was asked for, or a sentence that says it is not there. */
export function found<T>(thing: T | null, says: string): T {
  if (thing === null) throw new PlainError(says);
  return thing;
}
