/** How many pages may be kept up to date at once by this node: of one reset, and of all. */
export type StreamLimits = Readonly<{ perReset: number; perNode: number }>;

/** Counts open streams. `enter` takes a place and gives back how to leave it, or null while there is none. */
export function makeStreams({ perReset, perNode }: StreamLimits) {
  const open = new Map<string, number>();
  let all = 0;
  return {
    open: (): number => all,
    enter(reset: string): (() => void) | null {
      const here = open.get(reset) ?? 0;
      if (here >= perReset || all >= perNode) return null;
      open.set(reset, here + 1);
      all += 1;
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        all -= 1;
        const left = (open.get(reset) ?? 1) - 1;
        if (left > 0) open.set(reset, left);
        else open.delete(reset);
      };
    },
  };
}
