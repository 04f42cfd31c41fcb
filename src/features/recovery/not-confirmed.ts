import type { Outcome } from "../journey/index.ts";

/** REC-4, REC-6: the one answer to whoever is not proved to be the account's person. `reason` is for the audit. */
export const notConfirmed = (reason: string, broker: string) =>
  ({
    result: "refused",
    notice: { key: "recovery:not-confirmed" },
    forSupport: true,
    event: { type: "recovery.refused", detail: { reason, broker } },
  }) as const satisfies Outcome;
