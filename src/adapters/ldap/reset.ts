import type { Instant } from "../../kernel/time.ts";
import { hashOf, isChangedSince, type Seen } from "../directory-parts/seen.ts";
import type { Entry, Modification } from "./entry.ts";
import type { Settings } from "./settings.ts";

type Reset = Exclude<Settings["onReset"], "nothing">;

const changeTimes = { openldap: "pwdChangedTime", "active-directory": "pwdLastSet" } as const;

/** What has to be read of an entry. */
export const resetAttributes = ({ clear }: Reset, server: Settings["server"]): readonly string[] => [
  ...clear,
  ...(server === "openldap" ? ["pwdReset", "pwdChangedTime"] : ["pwdLastSet"]),
  "modifyTimestamp",
  "modifiersName",
];

/** What is there now. */
export const see = (entry: Entry, { clear }: Reset, server: Settings["server"]): Seen =>
  Object.fromEntries([...clear, changeTimes[server]].map((name) => [name, entry.values(name).map(hashOf)]));

/** How many values a reset takes. */
export const countOf = (seen: Seen, { clear }: Reset): number =>
  clear.reduce((count, name) => count + (seen[name]?.length ?? 0), 0);

/**
 * Whether somebody else changed the entry after the reset was made. Our own changes carry what is recorded here, and a
 * directory that doesn't tell whose change it was is believed the worst.
 */
export function isChanged(entry: Entry, madeAt: Instant, bindDn: string): boolean {
  const changedAt = parseTime(entry.text("modifyTimestamp") ?? "");
  const isOurs = normalise(entry.text("modifiersName") ?? "") === normalise(bindDn);
  return changedAt !== null && !isOurs && isChangedSince(madeAt, changedAt);
}

const normalise = (dn: string): string => dn.toLowerCase().replace(/\s*([,=+])\s*/gu, "$1");

/**
 * What a reset made at `madeAt` still has to change: of what is cleared just the values that were `seen` at the first
 * attempt, and the password unless it was changed since.
 */
export function changesOfReset(
  entry: Entry,
  { onReset, server }: Readonly<{ onReset: Reset; server: Settings["server"] }>,
  { seen, madeAt }: Readonly<{ seen: Seen; madeAt: Instant }>,
): readonly Modification[] {
  const cleared = onReset.clear.flatMap((attribute): Modification[] => {
    const values = entry.values(attribute).filter((value) => seen[attribute]?.includes(hashOf(value)));
    return values.length > 0 ? [{ operation: "delete", attribute, values }] : [];
  });
  return onReset.expirePassword ? [...cleared, ...expire(entry, server, { seen, madeAt })] : cleared;
}

function expire(
  entry: Entry,
  server: Settings["server"],
  { seen, madeAt }: Readonly<{ seen: Seen; madeAt: Instant }>,
): readonly Modification[] {
  const [attribute, value] = server === "openldap" ? ["pwdReset", "TRUE"] : ["pwdLastSet", "0"];
  if (entry.text(attribute) === value) return [];
  const changeTime = changeTimes[server];
  const text = entry.text(changeTime);
  const isAsSeen = (text === null ? undefined : hashOf(text)) === seen[changeTime]?.[0];
  const changedAt = text === null ? null : server === "openldap" ? parseTime(text) : parseFileTime(text);
  if (!isAsSeen || (changedAt !== null && isChangedSince(madeAt, changedAt))) return [];
  return [{ operation: "replace", attribute, values: [value] }];
}

/** Generalized Time (RFC 4517 §3.3.13) as directories write it themselves: to the second at least, in UTC. */
export function parseTime(text: string): Instant | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/u.exec(text) ?? [];
  return year === undefined ? null : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Tenths of microseconds since 1601, as Active Directory counts; "0" is never. */
export const parseFileTime = (text: string): Instant | null =>
  /^[1-9]\d{0,18}$/u.test(text) ? new Date(Number(BigInt(text) / 10_000n) - 11_644_473_600_000) : null;
