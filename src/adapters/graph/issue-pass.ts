import { z } from "zod";
import { minutes, plus } from "../../kernel/time.ts";
import type { DirectoryPass } from "../../ports/directory.ts";
import { later } from "../directory-parts/trouble.ts";
import { permissions } from "./permissions.ts";
import { refused } from "./user.ts";
import type { Work } from "./work.ts";

const issued = z.looseObject({ temporaryAccessPass: z.string().min(1) });

/** The pass; or why Entra ID issues none, which is its policy's choice and no reason to do the rest again. */
type Issued = Readonly<{ pass: DirectoryPass } | { noPass: string }>;

/**
 * A Temporary Access Pass. Its value is in this answer only: when that is lost, the next attempt asks for another, by which
 * Entra ID replaces it. Throws `DirectoryTrouble`.
 */
export async function issuePass({ session, settings, notebook, now }: Work, userPath: string): Promise<Issued> {
  const { lifetimeInMinutes, isUsableOnce } = settings.issuePass;
  if (notebook.read().passAskedAt === null) await notebook.note({ passAskedAt: now() });
  const askedAt = now();
  const { status, body } = await session.call("POST", {
    path: `${userPath}/authentication/temporaryAccessPassMethods`,
    body: { lifetimeInMinutes, isUsableOnce },
  });
  if (status === 404) throw refused(status, "issue a Temporary Access Pass", permissions.methods[0]);
  if (status !== 201 && status !== 200) return { noPass: wordsFor(status) };
  const { success, data } = issued.safeParse(body);
  if (!success) throw later("Graph's answer about the Temporary Access Pass can't be read");
  return { pass: { value: data.temporaryAccessPass, expiresAt: plus(askedAt, minutes(lifetimeInMinutes)) } };
}

function wordsFor(status: number): string {
  const says = `All else is done, but Graph issues no Temporary Access Pass (${status})`;
  return status === 403
    ? `${says}: the application needs ${permissions.methods[0]}, with admin consent.`
    : `${says}: see whether the policy for authentication methods allows this person one as the setting issuePass wants it.`;
}
