import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Audit } from "../audit/index.ts";
import type { Origin } from "../journey/index.ts";

/** What became of a code: it is spent, as at sign-in (SIN-6), but signs nobody in. */
export type TestedCode =
  | { verdict: "right" | "wrong" | "used" | "malformed" | "not-linked" }
  /** Positive when the token's clock is ahead. */
  | { verdict: "clock-off"; minutes: number }
  | { verdict: "blocked"; until: Instant };

/** The account's own authenticator judges it, under its lock. */
export type TestCode = (tx: Tx, accountId: string, input: string, now: Instant) => Promise<TestedCode>;

type Deps = { db: Db; clock: Clock; audit: Audit; testCode: TestCode };

/** Tests a code of an account whose owner has shown the password or more (USR-5). */
export const makeTestOwnCode =
  ({ db, clock, audit, testCode }: Deps) =>
  async (
    { accountId, organisationId }: { accountId: string; organisationId: string },
    input: string,
    { network, reference }: Pick<Origin, "network" | "reference">,
  ): Promise<TestedCode> =>
    db.transaction().execute(async (tx) => {
      const tested = await testCode(tx, accountId, input, clock.now());
      await audit.record(tx, [
        {
          type: "code.tested",
          result: tested.verdict === "right" ? "done" : "refused",
          actor: `account:${accountId}`,
          organisationId,
          accountId,
          network,
          reference,
          detail: { reason: tested.verdict },
        },
      ]);
      return tested;
    });
