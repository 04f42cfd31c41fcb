import { loadConfig } from "../config.ts";
import { findOrganisation, type Organisation } from "../features/organisations/index.ts";
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

/** The organisation of that slug or id. */
export const organisationOf = async ({ db }: Pick<Context, "db">, slug: string): Promise<Organisation> =>
  found(await findOrganisation(db, slug), `There is no organisation "${slug}".`);

/** The organisations' slugs by their ids. */
export async function slugsOf({ db }: Pick<Context, "db">, ids: readonly string[]): Promise<Map<string, string>> {
  const slugs = [...new Set(ids)].map(async (id) => [id, (await findOrganisation(db, id))?.slug ?? id] as const);
  return new Map(await Promise.all(slugs));
}
