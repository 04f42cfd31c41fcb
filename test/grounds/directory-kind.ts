import assert from "node:assert/strict";
import type { Carried, Directory, DirectoryKind, DirectorySubject, DirectoryTask } from "../../src/ports/directory.ts";

/** Somebody whose account directories are told of. */
export const subject: DirectorySubject = {
  accountId: "0197a3c2-0000-7000-8000-000000000001",
  userName: "matti",
  email: "matti@example.fi",
  phone: "+358401234567",
  givenName: "Matti",
  familyName: "Meikäläinen",
  language: "fi",
  category: "staff",
  roles: ["teacher", "tutor"],
  isActive: true,
};

/** A connection by settings as an operator gives them. */
export function connectTo(kind: DirectoryKind, given: object, secret: string | null): Directory {
  const parsed = kind.parse(given);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  const directory = { name: "directory", kind: kind.kind, settings: parsed.settings, secret };
  return kind.connect(directory, { publicUrl: "https://id.example.fi" });
}

/** Why an attempt did not do what it was told; nothing where it did. */
export const reasonOf = (carried: Carried): string => ("reason" in carried ? carried.reason : "");

type Circumstances = {
  subject?: DirectorySubject;
  now?: Date;
  memory?: string | null;
  signal?: AbortSignal;
  /** What happens at the moment when the attempt has noted what it saw. */
  onRemember?: () => void;
};

/** One attempt, as the room makes it; and the memory that it leaves for the next. */
export async function attempt(
  directory: Directory,
  task: DirectoryTask,
  circumstances: Circumstances = {},
): Promise<{ carried: Carried; memory: string | null }> {
  const { subject: who = subject, now = new Date(), memory = null, onRemember } = circumstances;
  const signal = circumstances.signal ?? AbortSignal.timeout(60_000);
  let noted = memory;
  const remember = async (next: string) => {
    noted = next;
    onRemember?.();
  };
  const carried = await directory.carry(task, who, { memory, remember, now: () => now, signal });
  return { carried, memory: noted };
}
