/** What somebody who can't sign in may do (REC-1, REC-2, REC-3). */
export type Way = "password" | "order" | "reset" | "support";

/** Null parts: the organisation is not known, so nothing of it is. */
export type Offering = Readonly<{
  passwordWay: "chosen" | "temporary" | null;
  /** A permitted method begins with a password. */
  usesPasswords: boolean;
  /** There is a service by which people of the category prove who they are. */
  canProve: boolean;
}>;

/**
 * The ways that are offered: told by the organisation's rules and the category of what was typed, and never by whether
 * there is an account (REC-6).
 */
export function waysOf({ passwordWay, usesPasswords, canProve }: Offering): readonly Way[] {
  return [
    ...(usesPasswords && passwordWay !== "temporary" ? (["password"] as const) : []),
    ...(usesPasswords && passwordWay !== "chosen" ? (["order"] as const) : []),
    ...(canProve ? (["reset"] as const) : []),
    "support",
  ];
}
