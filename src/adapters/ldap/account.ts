import type { DirectorySubject } from "../../ports/directory.ts";
import { type Source, valuesOf } from "../directory-parts/sources.ts";
import { failed } from "../directory-parts/trouble.ts";
import type { Entry, Modification } from "./entry.ts";
import type { Settings } from "./settings.ts";

/** userAccountControl's ACCOUNTDISABLE. */
const disabled = 2;

/** pwdAccountLockedTime of an account that only an administrator opens (draft-behera-ldap-password-policy §5.3.3). */
const lockedForGood = "000001010000Z";

/** What has to be read of an entry. */
export const accountAttributes = ({ attributes, onClosed, server }: Settings): readonly string[] => [
  ...Object.keys(attributes),
  ...(onClosed === "lock" ? [server === "openldap" ? "pwdAccountLockedTime" : "userAccountControl"] : []),
  ...(typeof onClosed === "object" ? [onClosed.attribute] : []),
];

/** What differs between the entry and the account. */
export const changesOfAccount = (
  entry: Entry,
  settings: Settings,
  subject: DirectorySubject,
): readonly Modification[] => [
  ...Object.entries(settings.attributes).flatMap(([attribute, source]) => setTo(entry, attribute, subject, source)),
  ...stateOf(entry, settings, subject.isActive),
];

function setTo(entry: Entry, attribute: string, subject: DirectorySubject, source: Source): readonly Modification[] {
  const values = valuesOf(subject, source);
  const current = entry.values(attribute).map(String);
  const isSame = current.length === values.length && values.every((value) => current.includes(value));
  return isSame ? [] : [{ operation: "replace", attribute, values }];
}

function stateOf(entry: Entry, { onClosed, server }: Settings, isActive: boolean): readonly Modification[] {
  if (onClosed === "nothing") return [];
  if (onClosed !== "lock") return markOf(entry, onClosed.attribute, onClosed.value, isActive);
  return server === "openldap"
    ? markOf(entry, "pwdAccountLockedTime", lockedForGood, isActive)
    : disable(entry, isActive);
}

/** A value that says that the account is closed; a value of another meaning is left when it opens. */
function markOf(entry: Entry, attribute: string, value: string, isActive: boolean): readonly Modification[] {
  const isMarked = entry.values(attribute).some((one) => one.toString() === value);
  if (isMarked !== isActive) return [];
  return [{ operation: isActive ? "delete" : "replace", attribute, values: [value] }];
}

/** One bit of many: the old value goes with the new, so that nobody else's change is undone. */
function disable(entry: Entry, isActive: boolean): readonly Modification[] {
  const attribute = "userAccountControl";
  const text = entry.text(attribute);
  if (text === null || !/^-?\d+$/u.test(text))
    throw failed("The entry has no userAccountControl that bindDn can read: see server and the rights of bindDn.");
  const now = Number(text);
  const next = isActive ? now & ~disabled : now | disabled;
  if (next === now) return [];
  return [
    { operation: "delete", attribute, values: [text] },
    { operation: "add", attribute, values: [String(next)] },
  ];
}
