import { z } from "zod";
import type { DirectoryHand } from "../../ports/directory.ts";
import { removableKinds } from "./methods.ts";
import { progressOf } from "./snapshot.ts";

const instant = z.iso.datetime().transform((text) => new Date(text));

const entry = z.object({
  kind: z.enum(removableKinds).nullable(),
  id: z.string(),
  name: z.string(),
  mark: z.string().nullable(),
  createdAt: instant.nullable(),
  state: z.enum(["there", "gone", "left"]),
  goneAt: instant.nullable(),
  refusals: z.int(),
});

const schema = z.object({
  userId: z.string().nullable(),
  /** They were looked for, and there are none that forbid it. */
  hasNoRoles: z.boolean(),
  /** What existed when the reset was made; null before the first look. */
  entries: z.array(entry).readonly().nullable(),
  seenAt: instant.nullable(),
  /** Whether the last look showed nothing any more of what was removed. */
  isProved: z.boolean(),
  /** Whether the last look showed a pass that is neither from before the reset nor ours. */
  hasOtherPass: z.boolean(),
  areSessionsEnded: z.boolean(),
  passAskedAt: instant.nullable(),
});

/** What an attempt has found out and done, for the next. No number, address or pass is in it. */
export type Memory = Readonly<z.infer<typeof schema>>;

const nothing: Memory = {
  userId: null,
  hasNoRoles: false,
  entries: null,
  seenAt: null,
  isProved: false,
  hasOtherPass: false,
  areSessionsEnded: false,
  passAskedAt: null,
};

/** The memory of a task, and how to note more in it. */
export function openMemory(hand: Pick<DirectoryHand, "memory" | "remember">) {
  let memory = hand.memory === null ? nothing : schema.parse(JSON.parse(hand.memory));
  return {
    read: (): Memory => memory,
    note: async (change: Partial<Memory>): Promise<void> => {
      memory = { ...memory, ...change };
      await hand.remember(JSON.stringify(memory), progressOf(memory.entries));
    },
  };
}
export type Notebook = ReturnType<typeof openMemory>;
