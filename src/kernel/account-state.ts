/**
 * `invited`: nothing shown yet. `activating`: the PIN was right and a password chosen, but no method is linked yet.
 */
export type AccountState = "invited" | "activating" | "active" | "closed";
