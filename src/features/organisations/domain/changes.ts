import type { Organisation } from "./organisation.ts";

type Leaf = string | number | boolean | null;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every value in `value` by its path: `policy.password.minimumLength`. A list is one value. */
function leaves(value: unknown, path: string): [string, Leaf][] {
  if (isObject(value))
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
  if (Array.isArray(value)) return [[path, JSON.stringify(value)]];
  const leaf = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
  return [[path, leaf]];
}

/** What differs, for the audit: the new value of each setting that changed, null for one that is gone. */
export function changes(before: Organisation, after: Organisation): Record<string, Leaf> {
  const old = new Map(leaves(before, ""));
  const now = new Map(leaves(after, ""));
  const changed = [...now].filter(([path, value]) => old.get(path) !== value);
  const gone = [...old.keys()].filter((path) => !now.has(path)).map((path): [string, null] => [path, null]);
  return Object.fromEntries([...changed, ...gone]);
}
