import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Duration, days, minutes, plus, seconds } from "../../kernel/time.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DemoDirectories, DemoMethod, Mood } from "../../ports/demo-directory.ts";
import type { Carried, Directory, DirectoryHand, DirectoryKind, DirectorySubject } from "../../ports/directory.ts";
import type { Random } from "../../ports/random.ts";
import { findAccount, listAccounts, loadMood, saveAccount, saveMethods, saveMood } from "./store.ts";

/** What everybody has linked there before the demo begins. */
const linkedBefore = ["Microsoft Authenticator", "Phone"] as const;

/** So slow that one can watch. */
const pace = seconds(2);

const settingsSchema = z.strictObject({
  /** Whether a reset ends with a pass by which the person gets in there once. */
  issuesPass: z.boolean().default(false),
});

type Deps = Readonly<{ db: Db; clock: Clock; random: Random; pace?: Duration }>;

/** Directories for demo mode: they live in this database, and a page shows them and makes them fail. */
export function makeDemoDirectory(deps: Deps): DemoDirectories & Readonly<{ kind: DirectoryKind }> {
  const { db, clock, random } = deps;
  const newMethod = (name: string, linkedAt = clock.now()): DemoMethod => ({ id: random.id(), name, linkedAt });
  return {
    kind: {
      kind: "demo",
      secret: null,
      parse: (given) => {
        const { data, error } = settingsSchema.safeParse(given);
        if (data) return { settings: data };
        return { problems: error.issues.map(({ path, message }) => ({ field: path.join("."), says: message })) };
      },
      connect: ({ name, settings }): Directory => {
        const { issuesPass } = settingsSchema.parse(settings);
        return {
          carry: (task, subject, hand) => carry(deps, { name, issuesPass, task, subject, hand }),
          check: async () => [{ verdict: "pass", says: "It is a demonstration, in this very database." }],
        };
      },
    },
    mood: (directory) => loadMood(db, directory),
    setMood: (directory, mood) => saveMood(db, directory, mood),
    accounts: (directory) => listAccounts(db, directory),
    async link(directory, accountId) {
      const account = await findAccount(db, directory, accountId);
      if (account)
        await saveMethods(db, directory, accountId, [...account.methods, newMethod("Microsoft Authenticator")]);
    },
  };
}

type Carrying = Readonly<{
  name: string;
  issuesPass: boolean;
  task: Parameters<Directory["carry"]>[0];
  subject: DirectorySubject;
  hand: DirectoryHand;
}>;

const troubles: Readonly<Record<Exclude<Mood, "fine">, Carried>> = {
  busy: { result: "later", reason: "It asked to wait.", retryAfter: seconds(20) },
  away: { result: "later", reason: "It did not answer." },
  refuses: { result: "failed", reason: "It does not let this service do that.", left: [...linkedBefore] },
};

async function carry(deps: Deps, { name, issuesPass, task, subject, hand }: Carrying): Promise<Carried> {
  const { db, random } = deps;
  const trouble = async () => {
    const mood = await loadMood(db, name);
    return mood === "fine" ? null : troubles[mood];
  };
  const refused = await trouble();
  if (refused) return refused;
  const { accountId, userName, isActive } = subject;
  const before = plus(hand.now(), -days(200));
  const methods = linkedBefore.map((method) => ({ id: random.id(), name: method, linkedAt: before }));
  await saveAccount(db, name, { accountId, userName, isActive, methods });
  if (task.task === "account") return { result: "done", progress: null, left: [] };

  const existed = async () => {
    const account = await findAccount(db, name, accountId);
    return (account?.methods ?? []).filter(({ linkedAt }) => linkedAt <= task.madeAt);
  };
  const of = hand.memory === null ? (await existed()).length : Number(hand.memory);
  await hand.remember(`${of}`, { removed: of - (await existed()).length, of });
  for (const method of await existed()) {
    await sleep(deps.pace ?? pace, undefined, { signal: hand.signal }).catch(() => {}); // the signal is looked at next
    const stopped = hand.signal.aborted ? troubles.away : await trouble();
    if (stopped) return stopped;
    const account = await findAccount(db, name, accountId);
    const kept = (account?.methods ?? []).filter(({ id }) => id !== method.id);
    await saveMethods(db, name, accountId, kept, hand.now());
    await hand.remember(`${of}`, { removed: of - (await existed()).length, of });
  }
  return {
    result: "done",
    progress: { removed: of, of },
    left: [],
    ...(issuesPass && { pass: { value: passOf(random), expiresAt: plus(hand.now(), minutes(60)) } }),
  };
}

const passOf = (random: Random): string => `DEMO-${random.digits(4)}-${random.digits(4)}`;
