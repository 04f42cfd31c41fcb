import type { Directories } from "../../src/features/directories/index.ts";

/** Directories that only note what they are told, where a test is about something else. */
export function fakeDirectories() {
  const told: { accountId: string; task: string; causeId: string | null }[] = [];
  const withheld: string[] = [];
  const directories: Directories = {
    tell: async (_, { id: accountId }, task, { id: causeId }) => told.push({ accountId, task, causeId }),
    withhold: async (_, accountId) => withheld.push(accountId),
    follow: async () => [],
    takePass: async () => null,
  };
  return { ...directories, told, withheld };
}
