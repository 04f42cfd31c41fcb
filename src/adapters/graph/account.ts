import type { Carried, DirectorySubject } from "../../ports/directory.ts";
import { permissions } from "./permissions.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import { findUser, refused, refusePrivileged } from "./user.ts";

/** Enables or disables the account as it is here, where the settings say that we do. Throws `DirectoryTrouble`. */
export async function applyState(session: Session, settings: Settings, subject: DirectorySubject): Promise<Carried> {
  const done: Carried = { result: "done", progress: null, left: [] };
  if (!settings.manageAccountState) return done;
  const { id, isEnabled } = await findUser(session, settings, subject);
  if (isEnabled === subject.isActive) return done;
  await refusePrivileged(session, settings, id);
  const { status } = await session.call("PATCH", {
    path: `/users/${encodeURIComponent(id)}`,
    body: { accountEnabled: subject.isActive },
  });
  if (status >= 300) throw refused(status, "enable and disable accounts", permissions.state[0]);
  return done;
}
