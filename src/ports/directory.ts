import type { Language } from "../kernel/language.ts";
import type { Duration, Instant } from "../kernel/time.ts";

/** Another system that holds the same people's credentials, as an operator has configured it. */
export type DirectorySettings = Readonly<{
  name: string;
  kind: string;
  settings: Readonly<Record<string, unknown>>;
  /** A client's private key, a token or a password, where the kind has one. */
  secret: string | null;
}>;

/** Whose account it is, as it is here at this moment. */
export type DirectorySubject = Readonly<{
  /** Ours, and the same for ever. */
  accountId: string;
  userName: string;
  email: string;
  /** E.164 */
  phone: string | null;
  givenName: string;
  familyName: string;
  language: Language;
  category: string;
  roles: readonly string[];
  /** Whether the account may be used: closed and frozen ones may not. */
  isActive: boolean;
}>;

/**
 * What a directory is told. `reset`: the person has proved who they are, and what they had to sign in with is gone: the
 * authenticators that existed at `madeAt` go there too, and sessions end. Whatever was linked later stays, however late
 * this is carried. `account`: make the account's state and attributes there as they are here now.
 */
export type DirectoryTask = Readonly<{ task: "reset"; madeAt: Instant }> | Readonly<{ task: "account" }>;

/** What an attempt works with. */
export type DirectoryHand = Readonly<{
  /** What an earlier attempt of the same task has noted; null at first. */
  memory: string | null;
  /** Notes it before going on: what exists now, what has been done. Throws once another node has taken the task over. */
  remember(memory: string, progress: DirectoryProgress): Promise<void>;
  now(): Instant;
  /** Aborted when the attempt has taken too long, or the node stops. */
  signal: AbortSignal;
}>;

/** For the page that follows it: how many of how many authenticators are gone. Null where it can't be counted. */
export type DirectoryProgress = Readonly<{ removed: number; of: number } | null>;

/**
 * What came of one attempt. `reason` is for operators: a sentence without names of people, addresses or secrets. `later` is
 * worth another try; `failed` is not before somebody has done something about it. `noPass` is the reason why the pass that the
 * settings want was not issued, though all else is done. `left` names what could not be removed,
 * such as "FIDO2 security key or passkey":
 * in English, since adapters speak no other; pages know the usual ones in others (`recovery/status/left-words.ts`).
 */
export type Carried =
  | Readonly<{
      result: "done";
      progress: DirectoryProgress;
      left: readonly string[];
      pass?: DirectoryPass;
      noPass?: string;
    }>
  | Readonly<{ result: "later"; reason: string; retryAfter?: Duration }>
  | Readonly<{ result: "failed"; reason: string; left: readonly string[] }>;

/** What the proved person gets in by once, there: it is shown to them once, and nobody else. */
export type DirectoryPass = Readonly<{ value: string; expiresAt: Instant }>;

/** What a check of a directory found, for `vahva doctor`: a sentence, and what to do about it. */
export type DirectoryCheck = Readonly<{ verdict: "pass" | "advice" | "fail"; says: string; todo?: string }>;

/** A connection to one directory. */
export type Directory = Readonly<{
  /** One attempt; the same task may be carried again after any of it was done. Never throws for the directory's faults. */
  carry(task: DirectoryTask, subject: DirectorySubject, hand: DirectoryHand): Promise<Carried>;
  check(now: Instant): Promise<readonly DirectoryCheck[]>;
}>;

/** What an adapter needs of the service. */
export type DirectoryContext = Readonly<{ publicUrl: string }>;

/** An adapter: one for each kind of directory. */
export type DirectoryKind = Readonly<{
  kind: string;
  /** What its secret is called on the command line, for people ("the bearer token"); null where it has none. */
  secret: string | null;
  /** Checks what an operator gave, filling in what may be left out; or says what is wrong, field by field. */
  parse(
    given: unknown,
  ):
    | Readonly<{ settings: Readonly<Record<string, unknown>> }>
    | Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;
  connect(directory: DirectorySettings, context: DirectoryContext): Directory;
}>;

/** What a fake directory was told, by its name. */
export type FakeAttempt = Readonly<{
  name: string;
  task: DirectoryTask;
  subject: DirectorySubject;
  hand: DirectoryHand;
}>;

/** A kind of directory that does what `carry` says, for tests: its settings need an `address`. */
export function fakeDirectoryKind(
  carry: (attempt: FakeAttempt) => Promise<Carried>,
  check: Directory["check"] = async () => [],
): DirectoryKind {
  return {
    kind: "fake",
    secret: "the token",
    parse: (given) => {
      const settings = { ...(given as Record<string, unknown>) }; // a store's jsonb, or what a command made
      if (typeof settings.address !== "string") return { problems: [{ field: "address", says: "Give one." }] };
      return { settings };
    },
    connect: ({ name }) => ({ carry: (task, subject, hand) => carry({ name, task, subject, hand }), check }),
  };
}
