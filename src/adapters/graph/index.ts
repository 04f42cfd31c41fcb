import type { Carried, Directory, DirectoryKind } from "../../ports/directory.ts";
import { DirectoryTrouble } from "../directory-parts/trouble.ts";
import { applyState } from "./account.ts";
import { check } from "./check.ts";
import { openMemory } from "./memory.ts";
import { reset } from "./reset.ts";
import { openSession, type Wait, wait } from "./session.ts";
import { parseSettings, type Settings } from "./settings.ts";
import { namesOfLeft } from "./snapshot.ts";
import { makeTokens } from "./token.ts";

/** Microsoft Entra ID, by Microsoft Graph. How it waits is for tests to say. */
export const makeGraphKind = (waiting: Wait = wait): DirectoryKind => ({
  kind: "graph",
  secret: "the certificate's private key (PEM)",
  parse: parseSettings,
  connect({ settings: given, secret }) {
    const parsed = parseSettings(given);
    if ("problems" in parsed) throw new Error("the settings of this directory are not those of its kind");
    return connect(parsed.settings, secret, waiting);
  },
});

export const graphKind: DirectoryKind = makeGraphKind();

function connect(settings: Settings, secret: string | null, wait: Wait): Directory {
  const tokens = makeTokens(settings, secret);
  return {
    check: (now) => check({ settings, secret, tokens }, now),
    async carry(task, subject, hand) {
      const session = openSession({ settings, tokens, wait }, hand);
      const notebook = openMemory(hand);
      try {
        if (task.task === "account") return await applyState(session, settings, subject);
        return await reset({ settings, session, notebook, madeAt: task.madeAt, subject, now: hand.now });
      } catch (error) {
        return endedBy(error, namesOfLeft(notebook.read().entries));
      }
    },
  };
}

function endedBy(error: unknown, left: readonly string[]): Carried {
  if (!(error instanceof DirectoryTrouble)) throw error;
  const { result, message: reason, retryAfter } = error;
  if (result === "failed") return { result, reason, left };
  return retryAfter === undefined ? { result, reason } : { result, reason, retryAfter };
}
