import type { Random } from "../../ports/random.ts";
import type { Failure, Pending, SignedIn } from "./relying-party.ts";

/** One browser's visit to the demo application. */
export type Visit = {
  pending: Pending | null;
  signedIn: SignedIn | null;
  failure: Failure | null;
};

const most = 500;

export type Visits = ReturnType<typeof makeVisits>;

/** The demo application's own sessions: in memory, the oldest of too many goes. */
export function makeVisits({ random }: { random: Random }) {
  const kept = new Map<string, Visit>();
  return {
    find: (id: string | null): Visit | null => kept.get(id ?? "") ?? null,
    /** A new id at every sign-in, as any application should have it. */
    start(visit: Visit): string {
      const oldest = kept.size >= most ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      const id = random.bytes(32).toString("base64url");
      kept.set(id, visit);
      return id;
    },
    end: (id: string | null): void => void kept.delete(id ?? ""),
    /** Ends the visits of a session that ended elsewhere; without `sid`, all of that person. */
    endOf({ sub, sid }: { sub: string | null; sid: string | null }): number {
      const ended = [...kept].filter(([, { signedIn }]) => {
        if (!signedIn) return false;
        return sid === null ? sub !== null && signedIn.claims.sub === sub : signedIn.claims.sid === sid;
      });
      for (const [id] of ended) kept.delete(id);
      return ended.length;
    },
  };
}
