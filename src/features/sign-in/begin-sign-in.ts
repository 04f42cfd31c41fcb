import type { Db, Tx } from "../../platform/database/index.ts";
import type { Beginning, Requested } from "../journey/index.ts";
import { loadAccount } from "../organisations/index.ts";
import type { SessionProof } from "../sessions/index.ts";

/** A sign-in that an application asked for. */
export type BeginSignIn = {
  browserHash: Buffer;
  application: string;
  organisationId: string | null;
  /** Where the browser goes at the end: a path of our own. */
  returnTo: string;
  requested: Requested;
  /** What the browser's session rests on: a step-up asks only for what is missing, too old or too weak. */
  carried: readonly SessionProof[];
  accountId?: string;
};

/** Begins it; resolves to the journey's id and the address of its page. */
export const makeBeginSignIn =
  ({ db, begin }: { db: Db; begin(tx: Tx | Db, beginning: Beginning): Promise<string> }) =>
  async ({ accountId, carried, ...wish }: BeginSignIn): Promise<{ journeyId: string; url: string }> => {
    const account = accountId ? await loadAccount(db, accountId) : null;
    const journeyId = await begin(db, {
      purpose: "sign-in",
      ...wish,
      account,
      organisationId: account?.organisationId ?? wish.organisationId,
      proofs: account ? carried : [],
    });
    return { journeyId, url: `/journey/${journeyId}` };
  };
