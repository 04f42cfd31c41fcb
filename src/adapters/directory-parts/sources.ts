import type { DirectorySubject } from "../../ports/directory.ts";

/** What of an account may be written to a directory. */
export const sources = [
  "accountId",
  "userName",
  "email",
  "phone",
  "givenName",
  "familyName",
  "displayName",
  "language",
  "category",
  "roles",
] as const;

export type Source = (typeof sources)[number];

export const isSource = (name: string): name is Source => sources.some((source) => source === name);

/** The values of `source`, none for what the account lacks; only roles can be many. */
export function valuesOf(subject: DirectorySubject, source: Source): readonly string[] {
  if (source === "roles") return subject.roles;
  const value = source === "displayName" ? `${subject.givenName} ${subject.familyName}`.trim() : subject[source];
  return value === null || value === "" ? [] : [value];
}
