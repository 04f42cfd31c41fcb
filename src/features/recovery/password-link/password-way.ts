import { entryByPassword, type MethodRule } from "../../journey/index.ts";
import { type Account, minimumStrengthOf, type Organisation, permittedMethods } from "../../organisations/index.ts";

/** Why somebody gets no link; each has another way, of which their e-mail tells. */
export type NoLink = "temporary" | "guest" | "not-activated" | "no-password" | "nothing-linked";

/**
 * How the owner of `account` comes by a new password: by a link, in another way, or not at all (null), where the account
 * is shut. A link goes only to whoever has linked a method that begins with a password and lets them in by the policy;
 * whether there is a password already makes no difference (REC-1).
 */
export function passwordWay(
  account: Account,
  organisation: Organisation,
  linked: readonly string[],
  methods: readonly MethodRule[],
): "link" | NoLink | null {
  if (organisation.state === "closed") return null;
  if (account.state === "invited" || account.state === "activating") return "not-activated";
  if (account.state !== "active") return null;
  if (account.category === "guest") return "guest";
  const { policy } = organisation;
  if (policy.password.way === "temporary") return "temporary";
  const permitted = permittedMethods(policy, account.category).filter((name) => linked.includes(name));
  const isLetIn = methods.some(
    ({ name, signIn, strength }) =>
      permitted.includes(name) &&
      signIn.includes(entryByPassword) &&
      strength >= minimumStrengthOf(policy, account.category),
  );
  if (isLetIn) return "link";
  return linked.some((name) => name !== entryByPassword) ? "no-password" : "nothing-linked";
}
