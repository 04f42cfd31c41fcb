import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type LocalisedText, languages } from "../../kernel/language.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DirectoryCheck, DirectoryKind } from "../../ports/directory.ts";
import type { Random } from "../../ports/random.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { categories } from "../organisations/index.ts";
import { type ConnectDeps, connectDirectory } from "./connect.ts";
import {
  deleteDirectory,
  findDirectory,
  insertDirectory,
  listDirectories,
  loadDirectoryRow,
  lockDirectory,
  type StoredDirectory,
  saveDirectory,
  saveSecret,
} from "./directory-store.ts";
import { resumeJobs } from "./job-store.ts";

export type RegistryDeps = ConnectDeps & Readonly<{ db: Db; clock: Clock; random: Random; audit: Audit }>;

/** What is wrong with what was given, field by field; never repeats a secret. */
export type DirectoryProblems = Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;
export type DirectoryResult = Readonly<{ directory: StoredDirectory }> | DirectoryProblems;

export type DirectoryInput = Readonly<{
  name: string;
  kind: string;
  title: LocalisedText;
  /** Whose accounts are in it; all unless given. */
  categories?: readonly string[];
  setUpUrl?: string | null;
  /** As the kind's adapter describes them. */
  settings: Readonly<Record<string, unknown>>;
  secret?: string | null;
  /** Open unless told otherwise. */
  state?: StoredDirectory["state"];
}>;

export type DirectoryChange = Readonly<{
  title?: LocalisedText;
  categories?: readonly string[];
  setUpUrl?: string | null;
  /** Laid over the ones there are; null takes one away. */
  settings?: Readonly<Record<string, unknown>>;
  secret?: string | null;
  position?: number;
}>;

type By = Readonly<{ actor: Actor }>;

const nameForm = /^[a-z0-9][a-z0-9-]{0,30}$/;
const titleForm = z
  .partialRecord(z.enum(languages), z.string().trim().min(1).max(60))
  .refine((title) => Object.keys(title).length > 0);

export type DirectoryRegistry = ReturnType<typeof makeRegistry>;

/** The directories that are configured: what commands work with. */
export function makeRegistry(deps: RegistryDeps) {
  const { db, clock, random, keyring, audit, kinds } = deps;

  const event = (
    type: string,
    { organisationId, name }: Pick<StoredDirectory, "organisationId" | "name">,
    actor: Actor,
    detail: Readonly<Record<string, string>> = {},
  ) => ({ type, result: "done" as const, actor, organisationId, detail: { directory: name, ...detail } });

  return {
    /** Adds a directory behind the organisation's others. It is told what happens from now on. */
    async add(organisationId: string, input: DirectoryInput, { actor }: By): Promise<DirectoryResult> {
      const { name, kind, secret = null, state = "open" } = input;
      const parsed = parseSettings(kinds, kind, input.settings);
      const shown = { title: input.title, categories: input.categories ?? [], setUpUrl: input.setUpUrl ?? null };
      const problems = [
        ...(nameForm.test(name) ? [] : [problem("name", "Use at most 31 small letters, digits and hyphens.")]),
        ...problemsOf(shown),
        ...secretProblems(kinds, kind, secret),
        ...("problems" in parsed ? parsed.problems : []),
      ];
      if (problems.length > 0 || "problems" in parsed) return { problems };
      const directory = {
        id: random.id(),
        organisationId,
        name,
        kind,
        ...shown,
        title: titleForm.parse(shown.title),
        settings: parsed.settings,
        secret,
        state,
        createdAt: clock.now(),
      };
      return db.transaction().execute(async (tx) => {
        if (!(await insertDirectory(tx, keyring, directory)))
          return { problems: [problem("name", "Another directory of the organisation has this name.")] };
        const added = await findDirectory(tx, organisationId, name);
        if (!added) throw new Error("a directory that was added is gone");
        await audit.record(tx, [event("directory.added", added, actor, { kind, state })]);
        return { directory: added };
      });
    },

    /** Changes what `change` holds and leaves the rest. It holds from the next attempt on, on every node. */
    change: (
      organisationId: string,
      name: string,
      change: DirectoryChange,
      { actor }: By,
    ): Promise<DirectoryResult | "no-such-directory"> =>
      db.transaction().execute(async (tx) => {
        const before = await lockDirectory(tx, organisationId, name);
        if (!before) return "no-such-directory";
        const { settings: laid = {}, secret, ...shown } = change;
        const wanted = { ...before, ...shown };
        const whole = Object.entries({ ...before.settings, ...laid }).filter(([, value]) => value !== null);
        const parsed = parseSettings(kinds, before.kind, Object.fromEntries(whole));
        const problems = [
          ...problemsOf(wanted),
          ...(Number.isSafeInteger(wanted.position) ? [] : [problem("position", "Give a whole number.")]),
          ...secretProblems(kinds, before.kind, secret ?? null),
          ...("problems" in parsed ? parsed.problems : []),
        ];
        if (problems.length > 0 || "problems" in parsed) return { problems };
        const directory = { ...wanted, title: titleForm.parse(wanted.title), settings: parsed.settings };
        const changed = differences(before, directory);
        if (changed.length > 0) await saveDirectory(tx, directory);
        if (secret !== undefined) await saveSecret(tx, keyring, before.id, secret);
        const all = [...changed, ...(secret === undefined ? [] : ["secret"])];
        if (all.length > 0)
          await audit.record(tx, [event("directory.changed", before, actor, { changed: all.join(" ") })]);
        return { directory: { ...directory, hasSecret: secret === undefined ? before.hasSecret : secret !== null } };
      }),

    /**
     * Opens or closes a directory. A closed one is told nothing: what it has to be told waits until it opens, and counts as
     * put to work then. `resumed` is how much that is.
     */
    setState: (
      organisationId: string,
      name: string,
      state: StoredDirectory["state"],
      { actor }: By,
    ): Promise<Readonly<{ directory: StoredDirectory; resumed: number }> | "no-such-directory"> =>
      db.transaction().execute(async (tx) => {
        const before = await lockDirectory(tx, organisationId, name);
        if (!before) return "no-such-directory";
        if (before.state === state) return { directory: before, resumed: 0 };
        const now = clock.now();
        const directory = { ...before, state, closedAt: state === "closed" ? now : null };
        await saveDirectory(tx, directory);
        const resumed = state === "open" ? await resumeJobs(tx, before.id, now) : 0;
        await audit.record(tx, [event(state === "open" ? "directory.opened" : "directory.closed", before, actor)]);
        return { directory, resumed };
      }),

    /** Removes a closed directory for good, with all that it was still to be told. */
    remove: (organisationId: string, name: string, { actor }: By): Promise<"removed" | "open" | "no-such-directory"> =>
      db.transaction().execute(async (tx) => {
        const before = await lockDirectory(tx, organisationId, name);
        if (!before) return "no-such-directory";
        if (before.state === "open") return "open";
        await deleteDirectory(tx, before.id);
        await audit.record(tx, [event("directory.removed", before, actor, { kind: before.kind })]);
        return "removed";
      }),

    /** An organisation's, or (null) all of them. */
    list: (organisationId: string | null): Promise<StoredDirectory[]> => listDirectories(db, organisationId),
    find: (organisationId: string, name: string): Promise<StoredDirectory | null> =>
      findDirectory(db, organisationId, name),

    /** Asks the directory itself whether it would do what it is told; or says why it can't be used. */
    async check(
      organisationId: string,
      name: string,
    ): Promise<readonly DirectoryCheck[] | DirectoryProblems | "no-such-directory"> {
      const row = await loadDirectoryRow(db, organisationId, name);
      if (!row) return "no-such-directory";
      try {
        return await connectDirectory(row, deps).check(clock.now());
      } catch (error) {
        return { problems: [problem("", `It can't be used: ${error instanceof Error ? error.message : error}`)] };
      }
    },

    /** The kinds that this service speaks to. */
    kinds: (): readonly string[] => kinds.map(({ kind }) => kind),
  };
}

const problem = (field: string, says: string) => ({ field, says });

type Shown = Pick<StoredDirectory, "title" | "categories" | "setUpUrl">;

function problemsOf({ title, categories: whose, setUpUrl }: Shown) {
  const known: readonly string[] = categories;
  return [
    ...(titleForm.safeParse(title).success
      ? []
      : [problem("title", "Give a name of at most 60 characters for people to see.")]),
    ...(whose.every((category) => known.includes(category))
      ? []
      : [problem("categories", `Choose of ${known.join(", ")}.`)]),
    ...(setUpUrl === null || isSafe(setUpUrl)
      ? []
      : [problem("setUpUrl", "Give an address that begins with https://.")]),
  ];
}

const isSafe = (address: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
};

const kindOf = (kinds: readonly DirectoryKind[], kind: string) => kinds.find(({ kind: name }) => name === kind);

const secretProblems = (kinds: readonly DirectoryKind[], kind: string, secret: string | null) =>
  secret !== null && kindOf(kinds, kind)?.secret === null ? [problem("secret", "This kind has none.")] : [];

function parseSettings(
  kinds: readonly DirectoryKind[],
  kind: string,
  given: unknown,
): ReturnType<DirectoryKind["parse"]> {
  const found = kindOf(kinds, kind);
  if (found) return found.parse(given);
  const known = kinds.map(({ kind: name }) => name).join(", ");
  return { problems: [problem("kind", `There is no such kind. Choose one of ${known}.`)] };
}

/** What differs, by name only: a value may be as private as a secret. */
function differences(before: StoredDirectory, after: StoredDirectory): string[] {
  const shown = ["title", "categories", "setUpUrl", "position"] as const;
  const settings = [...new Set([...Object.keys(before.settings), ...Object.keys(after.settings)])];
  return [
    ...shown.filter((name) => !isDeepStrictEqual(before[name], after[name])),
    ...settings
      .filter((name) => !isDeepStrictEqual(before.settings[name], after.settings[name]))
      .map((name) => `settings.${name}`),
  ];
}
