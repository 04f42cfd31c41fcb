import type { Instant } from "../../kernel/time.ts";
import type { DirectoryHand, DirectorySubject } from "../../ports/directory.ts";
import type { Notebook } from "./memory.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";

/** What one attempt of a reset works with. */
export type Work = Readonly<{
  settings: Settings;
  session: Session;
  notebook: Notebook;
  madeAt: Instant;
  subject: DirectorySubject;
  now: DirectoryHand["now"];
}>;
