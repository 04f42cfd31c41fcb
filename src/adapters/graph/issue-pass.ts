import { z } from "zod";
import { minutes, plus } from "../../kernel/time.ts";
import type { DirectoryPass } from "../../ports/directory.ts";
import { failed, later } from "../directory-parts/trouble.ts";
import { permissions } from "./permissions.ts";
import { refused } from "./user.ts";
import type { Work } from "./work.ts";

const issued = z.looseObject({ temporaryAccessPass: z.string().min(1) });

/**
 * A Temporary Access Pass. Its value is in this answer only: when that is lost, the next attempt asks for another, by which
 * Entra ID replaces it. Throws `DirectoryTrouble`.
 */
export async function issuePass({ session, settings, notebook, now }: Work, userPath: string): Promise<DirectoryPass> {
  const { lifetimeInMinutes, isUsableOnce } = settings.issuePass;
  if (notebook.read().passAskedAt === null) await notebook.note({ passAskedAt: now() });
  const askedAt = now();
  const { status, body } = await session.call("POST", {
    path: `${userPath}/authentication/temporaryAccessPassMethods`,
    body: { lifetimeInMinutes, isUsableOnce },
  });
  if (status === 400)
    throw failed(
      "Everything is removed, but Graph issues no Temporary Access Pass (400): see whether the policy for authentication methods allows this person one of that lifetime.",
    );
  if (status !== 201 && status !== 200) throw refused(status, "issue a Temporary Access Pass", permissions.methods[0]);
  const { success, data } = issued.safeParse(body);
  if (!success) throw later("Graph's answer about the Temporary Access Pass can't be read");
  return { value: data.temporaryAccessPass, expiresAt: plus(askedAt, minutes(lifetimeInMinutes)) };
}
