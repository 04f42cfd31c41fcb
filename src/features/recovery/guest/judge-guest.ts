import type { Origin } from "../../../kernel/origin.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Found } from "../../authenticators/eid/index.ts";
import type { Outcome } from "../../journey/index.ts";
import type { Account, Organisation } from "../../organisations/index.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";

/**
 * REC-5: a guest whose address did not tell it, and who has proved who they are. Nothing is reset; support is told at once,
 * since an identity says more than an address.
 */
export const guestProved = (
  { cases }: Pick<RecoveryDeps, "cases">,
  { account, organisation }: Readonly<{ account: Account; organisation: Organisation }>,
  { broker, level }: Found,
  now: Instant,
): Outcome => ({
  result: "refused",
  notice: { key: "guest:proved" },
  forSupport: true,
  event: { type: "recovery.refused", detail: { reason: "guest", broker } },
  besides: (tx: Tx, origin: Origin) =>
    cases.openCase(tx, { account, organisation, kind: "guest", origin, facts: { service: broker, level } }, now),
});
