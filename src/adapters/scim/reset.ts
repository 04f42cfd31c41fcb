import type { Instant } from "../../kernel/time.ts";
import { hashOf, type Seen } from "../directory-parts/seen.ts";
import type { Wish } from "./change.ts";
import { covers, pathOf, type Resource, read } from "./path.ts";
import type { Operation } from "./settings.ts";

const hash = (value: unknown): string => hashOf(JSON.stringify(value));

/** Lists are taken apart, so that what was added later can stay. */
const partsOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** What is at the paths of `operations` now. */
export const see = (resource: Resource, operations: readonly Operation[]): Seen =>
  Object.fromEntries(operations.map(({ path }) => [path, partsOf(read(resource, pathOf(path))).map(hash)]));

/**
 * What a reset made at `madeAt` still has to change. It acts on what was `seen` at the first attempt and nothing else: a
 * value that came later was set by whoever has proved who they are.
 */
export function wishesOfReset(
  resource: Resource,
  operations: readonly Operation[],
  { seen, madeAt }: Readonly<{ seen: Seen; madeAt: Instant }>,
): readonly Wish[] {
  return operations.flatMap((operation): Wish[] => {
    const path = pathOf(operation.path);
    const current = read(resource, path);
    const parts = partsOf(current);
    const before = seen[operation.path] ?? [];
    const old = new Set(before);
    if (operation.op === "replace") {
      const value = operation.value === "{madeAt}" ? madeAt.toISOString() : operation.value;
      const isAsSeen = parts.length === before.length && parts.every((part) => old.has(hash(part)));
      return isAsSeen && !covers(current, value) ? [{ path, value }] : [];
    }
    const kept = parts.filter((part) => !old.has(hash(part)));
    return kept.length === parts.length ? [] : [{ path, value: kept.length > 0 ? kept : undefined }];
  });
}
