/**
 * `invited`: nothing shown yet. `activating`: the PIN was right and a password chosen, but no method is linked yet.
 * `frozen`: its person has said that somebody else is at it (REC-8); support thaws it.
 */
export const accountStates = ["invited", "activating", "active", "frozen", "closed"] as const;
export type AccountState = (typeof accountStates)[number];

/** Whether nobody gets in, whatever they show. */
export const isShut = (state: AccountState): boolean => state === "frozen" || state === "closed";
