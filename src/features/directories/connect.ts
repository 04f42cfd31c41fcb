import { isDeepStrictEqual } from "node:util";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Directory, DirectoryContext, DirectoryKind } from "../../ports/directory.ts";
import { type DirectoryRow, openSecret } from "./directory-store.ts";

export type ConnectDeps = Readonly<{
  /** The kinds that this service speaks to, and what each is told of us. */
  kinds: readonly DirectoryKind[];
  context: DirectoryContext;
  keyring: Keyring;
}>;

/** Connects to a directory as it is configured. Throws when it can't be used; the message names fields and no values. */
export function connectDirectory(row: DirectoryRow, { kinds, context, keyring }: ConnectDeps): Directory {
  const kind = kinds.find(({ kind: name }) => name === row.kind);
  if (!kind) throw new Error(`there is no kind "${row.kind}"`);
  const parsed = kind.parse(row.settings);
  if ("problems" in parsed)
    throw new Error(parsed.problems.map(({ field, says }) => (field ? `${field}: ${says}` : says)).join("; "));
  const { settings } = parsed;
  return kind.connect({ name: row.name, kind: row.kind, settings, secret: openSecret(keyring, row) }, context);
}

/** Connects as above, and keeps the connection, with the tokens it has fetched, while its directory stays the same. */
export function makeConnections(deps: ConnectDeps): (row: DirectoryRow) => Directory {
  const kept = new Map<string, { row: DirectoryRow; connection: Directory }>();
  return (row) => {
    const known = kept.get(row.id);
    if (known && isDeepStrictEqual(known.row, row)) return known.connection;
    const connection = connectDirectory(row, deps);
    kept.set(row.id, { row, connection });
    return connection;
  };
}
