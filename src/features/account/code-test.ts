import type { Origin } from "../../kernel/origin.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Audit } from "../audit/index.ts";
import type { TestedVerdict } from "../authenticators/totp/index.ts";
import { listAuthenticators } from "../journey/index.ts";

/** What became of a code: it is spent, as at sign-in (SIN-6), but signs nobody in. */
export type TestedCode = TestedVerdict | { verdict: "not-linked" };

/** The account's own authenticator judges it, under its lock. */
export type TestCode = (tx: Tx, accountId: string, input: string, now: Instant) => Promise<TestedVerdict>;

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
      const linked = await listAuthenticators(tx, accountId);
      if (!linked.some(({ method }) => method === "totp")) return { verdict: "not-linked" };
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
