import { hours } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import { use } from "../../../platform/throttle/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Audit } from "../../audit/index.ts";

export type SpoofDeps = Readonly<{ db: Db; clock: Clock; audit: Audit }>;

/** Where a certificate's header came that nobody but the configured proxies may send, to the card listener only. */
export type Spoof = Readonly<{ network: string; where: "public" | "card"; reference?: string }>;

/** Enough to see that somebody tries; whoever sends them without end fills no audit. */
const auditedPerHour = 20;

/** T37: audits a header that was not believed. */
export const makeReportSpoof =
  ({ db, clock, audit }: SpoofDeps) =>
  async ({ network, where, reference }: Spoof): Promise<void> => {
    const limit = { key: `certificate-header ${network}`, limit: auditedPerHour, window: hours(1) };
    if (await use(db, limit, clock.now())) return;
    await db.transaction().execute((tx) =>
      audit.record(tx, [
        {
          type: "certificate.header-refused",
          result: "refused",
          actor: "stranger",
          organisationId: null,
          network,
          ...(reference !== undefined && { reference }),
          detail: { where },
        },
      ]),
    );
  };
