import { type Organisation, parseEmail } from "../../organisations/index.ts";

/** The organisation that a guest's account belongs to. `help`: where to turn to, where an operator has said so. */
export type GuestHome = Readonly<{ name: string; help: string | null }>;

/**
 * Whose the address is that a guest typed: as the organisation's policy names it, the longest domain first, or else by its
 * domain. Null where it is no address.
 */
export function guestHome(typed: string, organisation: Organisation | null): GuestHome | null {
  const email = parseEmail(typed);
  if (email === null) return null;
  const host = email.slice(email.lastIndexOf("@") + 1);
  const homes = Object.entries(organisation?.policy.recovery.homes ?? {});
  const own = homes.filter(([domain]) => host === domain || host.endsWith(`.${domain}`));
  const [longest] = own.toSorted(([a], [b]) => b.length - a.length);
  return longest ? { name: longest[1].name, help: longest[1].help ?? null } : { name: host, help: null };
}
