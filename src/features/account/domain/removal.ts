export type Removal = "removable" | "no-such-method" | "by-support" | "last";

type Wish = Readonly<{
  authenticatorId: string;
  /** The account's own, the password among them. */
  authenticators: readonly Readonly<{ id: string; method: string }>[];
  /** Whether the organisation lets people remove their own. */
  mayRemove: boolean;
  /** Names of the methods that let in now: permitted, strong enough, and in service. */
  lettingIn: readonly string[];
}>;

/**
 * USR-6: whether a person may remove their own authenticator. By default only support can; and one that lets in always
 * stays. A password is changed, never removed.
 */
export function judgeRemoval({ authenticatorId, authenticators, mayRemove, lettingIn }: Wish): Removal {
  const found = authenticators.find(({ id }) => id === authenticatorId);
  if (!found || found.method === "password") return "no-such-method";
  if (!mayRemove) return "by-support";
  const left = authenticators.filter(({ id, method }) => id !== authenticatorId && lettingIn.includes(method));
  return left.length > 0 ? "removable" : "last";
}
