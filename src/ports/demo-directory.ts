import type { Instant } from "../kernel/time.ts";

/** How a demo's directory answers: as it should, "wait a moment", not at all, or "you may not". */
export const moods = ["fine", "busy", "away", "refuses"] as const;
export type Mood = (typeof moods)[number];

/** What somebody has linked in a directory of the demo. `name` is the method's, in English as such systems have it. */
export type DemoMethod = Readonly<{ id: string; name: string; linkedAt: Instant }>;

export type DemoAccount = Readonly<{
  accountId: string;
  userName: string;
  isActive: boolean;
  methods: readonly DemoMethod[];
  sessionsEndedAt: Instant | null;
}>;

/** The demo's directories, as whoever tries the demo watches them and makes them fail. */
export type DemoDirectories = Readonly<{
  mood(directory: string): Promise<Mood>;
  setMood(directory: string, mood: Mood): Promise<void>;
  /** At most a hundred, by user name. */
  accounts(directory: string): Promise<readonly DemoAccount[]>;
  /** Links one more method to an account there: it is newer than any reset that was made before. */
  link(directory: string, accountId: string): Promise<void>;
}>;
