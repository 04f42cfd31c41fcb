import { type DirectoriesDeps, makeDirectories, type Outcome } from "../../src/features/directories/index.ts";
import { type Account, makeCreateAccount, type NewAccount } from "../../src/features/organisations/index.ts";
import {
  type Carried,
  type DirectoryCheck,
  type DirectoryTask,
  type FakeAttempt,
  fakeDirectoryKind,
} from "../../src/ports/directory.ts";
import { openGround } from "./inviting.ts";

export type DirectoriesGround = Awaited<ReturnType<typeof openDirectories>>;

const done: Carried = { result: "done", progress: null, left: [] };

/** A database with one organisation, a directory `entra` of it that remembers what it was told, and a clock to turn. */
export async function openDirectories() {
  const ground = await openGround();
  const { db, clock, organisation, deps: common } = ground;
  const attempts: FakeAttempt[] = [];
  const outcomes: Outcome[] = [];
  const logged: object[] = [];
  const late: number[] = [];
  const log = (fields: object, message: string) => void logged.push({ ...fields, message });
  let found: readonly DirectoryCheck[] = [];
  let answer: (attempt: FakeAttempt) => Carried | Promise<Carried> = () => done;
  const kind = fakeDirectoryKind(
    async (attempt) => {
      attempts.push(attempt);
      return answer(attempt);
    },
    async () => found,
  );
  const deps = {
    ...common,
    kinds: [kind],
    context: { publicUrl: "https://login.example" },
    log: { warn: log, error: log },
    onOutcome: (outcome: Outcome) => void outcomes.push(outcome),
    operatorEmail: "operator@service.example",
    onLate: (jobs: number) => void late.push(jobs),
  };
  const directories = makeDirectories(deps);
  const createAccount = makeCreateAccount(common);
  const by = { actor: "operator" } as const;
  const addDirectory = async (name: string, over: object = {}) => {
    const input = { name, kind: "fake", title: { fi: name, en: name }, settings: { address: name }, ...over };
    const result = await directories.registry.add(organisation.id, input, by);
    if ("problems" in result) throw new Error(JSON.stringify(result.problems));
    return result.directory;
  };
  const entra = await addDirectory("entra");
  let count = 0;

  return {
    ...{
      ...ground,
      deps: { ...deps, directories },
      directories,
      kind,
      attempts,
      outcomes,
      logged,
      late,
      by,
      addDirectory,
      entra,
      done,
    },
    /** What its check finds from now on. */
    finds: (checks: readonly DirectoryCheck[]) => {
      found = checks;
    },
    /** What it makes of what it is told from now on. */
    answers: (next: typeof answer) => {
      answer = next;
    },
    /** Another node over the same database. */
    node: (over: Partial<DirectoriesDeps> = {}) => makeDirectories({ ...deps, ...over }),
    /** A new active account. */
    person: async (over: Partial<NewAccount> = {}): Promise<Account> => {
      count += 1;
      const wanted: NewAccount = {
        organisationId: organisation.id,
        givenName: "Aino",
        familyName: "Virtanen",
        language: "fi",
        email: `person${count}@koivula.example`,
        phone: null,
        category: "staff",
        state: "active",
        ...over,
      };
      const account = await db.transaction().execute((tx) => createAccount(tx, wanted));
      if (typeof account === "string") throw new Error(account);
      return account;
    },
    tell: (
      account: Parameters<typeof directories.tell>[1],
      task: DirectoryTask["task"] = "account",
      cause: { id?: string | null } = {},
    ) =>
      db.transaction().execute((tx) => directories.tell(tx, account, task, { id: cause.id ?? null, at: clock.now() })),
    jobs: () => db.selectFrom("directory_job").selectAll().orderBy("id").execute(),
    setState: (id: string, state: "active" | "frozen" | "closed") =>
      db.updateTable("account").set({ state }).where("id", "=", id).execute(),
    remove: (name: string) => db.deleteFrom("directory").where("name", "=", name).execute(),
    /** Between tests: nothing to be told, and a directory that does what it is told. */
    clear: async () => {
      await db.deleteFrom("directory_job").execute();
      for (const list of [attempts, outcomes, logged, ground.enqueued, late]) list.length = 0;
      answer = () => done;
    },
  };
}
