import type {
  Carried,
  Directory,
  DirectoryHand,
  DirectorySettings,
  DirectorySubject,
  DirectoryTask,
} from "../../ports/directory.ts";
import { changedSinceWords, parseSeen } from "../directory-parts/seen.ts";
import { carriedBy } from "../directory-parts/trouble.ts";
import { accountAttributes, changesOfAccount } from "./account.ts";
import { check } from "./check.ts";
import { findEntry, modify } from "./entry.ts";
import { type Opened, open } from "./open.ts";
import { changesOfReset, countOf, isChanged, resetAttributes, see } from "./reset.ts";
import { parseSettings, type Settings } from "./settings.ts";

const done: Carried = { result: "done", progress: null, left: [] };

/** What one attempt works with. */
type Work = Readonly<{ client: Opened["client"]; settings: Settings; subject: DirectorySubject }>;

/** A connection to one LDAP directory. Settings are those that `parseSettings` made. */
export function connect({ settings: given, secret }: DirectorySettings): Directory {
  const parsed = parseSettings(given);
  if ("problems" in parsed) throw new Error("the settings of an LDAP directory can't be read");
  const { settings } = parsed;
  return {
    carry: async (task, subject, hand) => {
      if (task.task === "reset" && settings.onReset === "nothing") return done;
      let opened: Opened | undefined;
      try {
        opened = await open(settings, secret, hand.signal);
        const work = { client: opened.client, settings, subject };
        return task.task === "reset" ? await reset(work, task, hand) : await account(work);
      } catch (trouble) {
        return carriedBy(trouble);
      } finally {
        opened?.close();
      }
    },
    check: (now) => check({ settings, secret }, now),
  };
}

async function account({ client, settings, subject }: Work): Promise<Carried> {
  const entry = await findEntry(client, settings, subject, accountAttributes(settings));
  await modify(client, entry, changesOfAccount(entry, settings, subject));
  return done;
}

async function reset(work: Work, { madeAt }: DirectoryTask & { task: "reset" }, hand: DirectoryHand): Promise<Carried> {
  const { client, settings, subject } = work;
  const { onReset, server, bindDn } = settings;
  if (onReset === "nothing") return done;
  const entry = await findEntry(client, settings, subject, resetAttributes(onReset, server));
  const before = parseSeen(hand.memory);
  const seen = before ?? see(entry, onReset, server);
  const count = countOf(seen, onReset);
  const progress = (removed: number) => (count > 0 ? { removed, of: count } : null);
  if (before === null) {
    await hand.remember(JSON.stringify(seen), progress(0));
    if (count > 0 && isChanged(entry, madeAt, bindDn))
      return { result: "failed", reason: changedSinceWords, left: onReset.clear };
  }
  await modify(client, entry, changesOfReset(entry, { onReset, server }, { seen, madeAt }));
  return { result: "done", progress: progress(count), left: [] };
}
