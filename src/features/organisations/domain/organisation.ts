import type { AccountState } from "../../../kernel/account-state.ts";
import type { Language, LocalisedText } from "../../../kernel/language.ts";
import type { Category, Policy } from "./policy.ts";

/** What a person can be in trouble with; an organisation may give a contact for each (POL-4). */
export type TroubleKind = "general" | "rights" | "password" | "technical";

export type SupportContact = {
  kind: TroubleKind;
  name?: LocalisedText;
  phone?: string;
  email?: string;
  hours?: LocalisedText;
};

/** Where a person goes once signed in, when no application asked for the sign-in. */
export type Home = { url: string; name: LocalisedText };

export type Organisation = Readonly<{
  id: string;
  slug: string;
  name: LocalisedText;
  /** GSM-7, at most 30 characters: how text messages begin. */
  smsName: string;
  /** The first is the default. */
  languages: readonly Language[];
  support: readonly SupportContact[];
  /** `#rrggbb`, or null for Vahva's own. */
  brandColour: string | null;
  /** Hash of the logo's bytes, for its address; null without a logo. */
  logoHash: string | null;
  home: Home | null;
  /** The name that authenticator apps show. */
  authenticatorName: string;
  /** The category that an e-mail domain tells. */
  emailCategories: Readonly<Record<string, Category>>;
  policy: Policy;
  state: "open" | "closed";
}>;

export type Account = Readonly<{
  id: string;
  organisationId: string;
  personId: string;
  givenName: string;
  familyName: string;
  language: Language;
  userName: string;
  email: string;
  /** E.164 */
  phone: string | null;
  category: Category;
  roles: readonly string[];
  home: Home | null;
  state: AccountState;
  /** Everything that was made under an earlier epoch (sessions, journeys, grants) is over. */
  epoch: number;
}>;

/** Where a person goes, signed in, when no application asked for the sign-in: their own home, or the organisation's. */
export const homeOf = (account: Account | null, organisation: Organisation | null): Home | null =>
  account?.home ?? organisation?.home ?? null;
