/**
 * `invited`: nothing shown yet. `activating`: the PIN was right and a password chosen, but no method is linked yet.
 * `frozen`: its person has said that somebody else is at it (REC-8); support thaws it.
 */
export const accountStates = ["invited", "activating", "active", "frozen", "closed"] as const;
export type AccountState = (typeof accountStates)[number];

/** Whether nobody gets in, whatever they show. */
export const isShut = (state: AccountState): boolean => state === "frozen" || state === "closed";

export type ShutReason = "account-closed" | "account-frozen" | "organisation-closed";

/** Why nobody gets in, by the states as they are stored; null when somebody may. For the audit: pages never tell (REC-6). */
export function whyShut(accountState: string, organisationState: string): ShutReason | null {
  if (accountState === "closed") return "account-closed";
  if (accountState === "frozen") return "account-frozen";
  return organisationState === "closed" ? "organisation-closed" : null;
}
