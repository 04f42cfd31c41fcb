import type { Identity } from "../../kernel/identity.ts";
import { isLanguage, localised } from "../../kernel/language.ts";
import { identityScope } from "./domain/application.ts";
import type { Holder } from "./token-store.ts";

/**
 * What each scope tells (APP-3). The ID token holds `sub` and how the sign-in happened; the rest is told at userinfo,
 * or in either where the application asks by the `claims` parameter. Roles and category say what a person may do at
 * work, so that they have a scope of their own and are not in `profile`. The personal identity code is told at userinfo alone.
 */
export const claimsOfScopes = {
  openid: ["sub", "acr", "amr", "auth_time"],
  profile: ["name", "given_name", "family_name", "preferred_username", "locale"],
  email: ["email", "email_verified"],
  phone: ["phone_number"],
  organisation: ["organisation", "category", "roles"],
  [identityScope]: ["personal_identity_code", "personal_identity_code_type", "personal_identity_code_country"],
} as const;

const isKnown = (scope: string): scope is keyof typeof claimsOfScopes => scope in claimsOfScopes;

/** Every claim that an application with these scopes may ask for. */
export const claimsOf = (scopes: readonly string[]): string[] =>
  scopes.filter(isKnown).flatMap((scope) => [...claimsOfScopes[scope]]);

/** What there is to tell of an account. An absent value is left out. */
export function claimsOfHolder(holder: Holder): { sub: string } & Record<string, unknown> {
  return {
    sub: holder.accountId,
    name: `${holder.givenName} ${holder.familyName}`.trim(),
    given_name: holder.givenName,
    family_name: holder.familyName,
    preferred_username: holder.userName,
    locale: holder.language,
    email: holder.email,
    // The organisation gave it, and the activation link that reached it was opened.
    email_verified: true,
    ...(holder.phone === null ? {} : { phone_number: holder.phone }),
    organisation: {
      id: holder.organisationSlug,
      name: localised(holder.organisationName, isLanguage(holder.language) ? holder.language : "en"),
    },
    category: holder.category,
    roles: holder.roles,
  };
}

/** Who the account's person is to a state. */
export const claimsOfIdentity = ({ country, type, value }: Identity): Record<string, unknown> => ({
  personal_identity_code: value,
  personal_identity_code_type: type,
  personal_identity_code_country: country,
});
