import type { Context } from "../context.ts";
import { type Check, fail } from "./check.ts";

/** Hashes are made under the last secret: with another one there, no password is right, and the audit's chains break. */
export async function checkOldestSecret({ db, features }: Pick<Context, "db" | "features">): Promise<Check[]> {
  if (await features.audit.isOfOurKey(db)) return [];
  return [
    fail(
      "Secret",
      "The last of the secrets is not the one that this database began with: no password will be right, and the audit breaks.",
      'Stop Vahva, and put the oldest secret last, "new,old" (docs/operate/secrets.md).',
    ),
  ];
}
