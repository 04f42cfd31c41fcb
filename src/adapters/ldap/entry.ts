import type { Client, Entry as Found } from "ldapts";
import type { DirectorySubject } from "../../ports/directory.ts";
import { failed } from "../directory-parts/trouble.ts";
import type { Settings } from "./settings.ts";
import { dnFor, filterFor } from "./template.ts";
import { withTrouble } from "./trouble.ts";

/** A person's entry: values by attribute, whose names are the same in capitals and small letters. */
export type Entry = Readonly<{
  dn: string;
  values(attribute: string): readonly Buffer[];
  text(attribute: string): string | null;
}>;

/** A change of one attribute. To replace by no values, or to delete none by name, takes the attribute away. */
export type Modification = Readonly<{
  operation: "add" | "delete" | "replace";
  attribute: string;
  values: readonly (Buffer | string)[];
}>;

/** The one entry that matches; no one, or more than one, is trouble. */
export async function findEntry(
  client: Client,
  settings: Settings,
  subject: DirectorySubject,
  attributes: readonly string[],
): Promise<Entry> {
  const search = client.search(dnFor(settings.baseDn, subject), {
    scope: "sub",
    filter: filterFor(settings.filter, subject),
    attributes: attributes.length > 0 ? [...attributes] : ["1.1"],
    explicitBufferAttributes: [...attributes],
    sizeLimit: 2,
  });
  const { searchEntries } = await withTrouble(search);
  const [found, another] = searchEntries;
  if (!found) throw failed("No entry matches the account: correct filter and baseDn, or make an entry there.");
  if (another) throw failed("Several entries match the account: make filter and baseDn match one.");
  return entryOf(found);
}

function entryOf({ dn, ...rest }: Found): Entry {
  const byName = new Map(Object.entries(rest).map(([name, value]) => [name.toLowerCase(), buffersOf(value)]));
  const values = (attribute: string) => byName.get(attribute.toLowerCase()) ?? [];
  return { dn, values, text: (attribute) => values(attribute)[0]?.toString() ?? null };
}

const buffersOf = (value: Found[string]): readonly Buffer[] =>
  (Array.isArray(value) ? value : [value]).map((one) => (typeof one === "string" ? Buffer.from(one) : one));

/** Makes all changes at once, or none; asks for nothing when there are none. */
export async function modify(client: Client, { dn }: Entry, modifications: readonly Modification[]): Promise<void> {
  if (modifications.length === 0) return;
  const { Attribute, Change } = await import("ldapts");
  const changes = modifications.map(({ operation, attribute: type, values }) => {
    const buffers = values.map((value) => Buffer.from(value));
    return new Change({ operation, modification: new Attribute({ type, values: buffers }) });
  });
  // 32: the entry is gone since it was read, and will be looked for again.
  await withTrouble(client.modify(dn, changes), [32]);
}
