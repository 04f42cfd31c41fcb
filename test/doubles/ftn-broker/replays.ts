/** One-time identifiers: `isNew` says so once for each. */
export function makeReplays() {
  const seen = new Set<string>();
  return {
    isNew(id: string): boolean {
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    },
  };
}
export type Replays = ReturnType<typeof makeReplays>;
