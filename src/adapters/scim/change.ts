import type { DirectorySubject } from "../../ports/directory.ts";
import { valuesOf } from "../directory-parts/sources.ts";
import { later } from "../directory-parts/trouble.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Exchange } from "./exchange.ts";
import { addressOf, type Found } from "./find.ts";
import { covers, get, type Path, pathOf, type Resource, read, readWhole, write } from "./path.ts";
import type { Settings } from "./settings.ts";

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** A value that is to be at a path; undefined for none. */
export type Wish = Readonly<{ path: Path; value: unknown }>;

/** What of `subject` belongs where. */
export function wishesOf(subject: DirectorySubject, { attributes }: Settings): readonly Wish[] {
  return Object.entries(attributes).map(([text, source]) => {
    const path = pathOf(text);
    const [first, ...rest] = valuesOf(subject, source);
    if (source !== "roles" || first === undefined) return { path, value: first };
    const all = [first, ...rest];
    // RFC 7643 §4.1.2: the core's lists are of objects.
    return { path, value: path.schema === null && path.sub === null ? all.map((value) => ({ value })) : all };
  });
}

export const activeAs = (value: boolean): Wish => ({ path: pathOf("active"), value });

const isGranted = (resource: Resource, { path, value }: Wish): boolean => covers(read(resource, path), value);

const grant = (resource: Resource, wishes: readonly Wish[]): Resource =>
  wishes.reduce((next, { path, value }) => write(next, path, value), resource);

/** A user that isn't there yet. */
export function newUser(wishes: readonly Wish[]): Resource {
  const granted = wishes.filter(({ value }) => value !== undefined);
  const extensions = new Set(granted.flatMap(({ path }) => path.schema ?? []));
  return grant({ schemas: [core, ...extensions] }, granted);
}

/** Changes what differs, and asks for nothing when nothing does. */
export async function change(exchange: Exchange, can: Capabilities, found: Found, wishes: readonly Wish[]) {
  const missing = wishes.filter((wish) => !isGranted(found.resource, wish));
  if (missing.length === 0) return;
  const version = get(get(found.resource, "meta"), "version");
  const ifMatch = can.etag && typeof version === "string" ? version : undefined;
  const after = grant(found.resource, missing);
  const to = { path: addressOf(found), ifMatch };
  const patch = {
    method: "PATCH",
    body: { schemas: [patchOp], Operations: operationsFor(after, missing) },
    ...to,
  } as const;
  const put = { method: "PUT", body: replacementOf(after), ...to } as const;
  const first = await exchange(can.patch ? patch : put, can.patch ? [404, ...cannot] : [404]);
  // Some say that they can, or nothing, and refuse it.
  const { status } = cannot.includes(first.status) ? await exchange(put, [404]) : first;
  if (status === 404) throw later("The user went away there at the same moment (404).");
}

/** What a service answers to a method that it doesn't know. */
const cannot: readonly number[] = [405, 501];

/**
 * Lists go whole: many services can't replace an element that isn't there yet, and the RFC lets them refuse it
 * (RFC 7644 §3.5.2.3, noTarget).
 */
function operationsFor(after: Resource, wishes: readonly Wish[]) {
  const byPath = new Map(
    wishes.map(({ path, value }) => {
      const name = path.schema === null ? path.name : `${path.schema}:${path.name}`;
      const isWhole = path.type !== null || path.sub === null;
      return [isWhole ? name : `${name}.${path.sub}`, isWhole ? readWhole(after, path) : value];
    }),
  );
  return Array.from(byPath, ([path, value]) =>
    value === undefined ? { op: "remove", path } : { op: "replace", path, value },
  );
}

/** A whole resource without what the service keeps itself. */
function replacementOf(after: Resource): Resource {
  const { meta: _meta, groups: _groups, ...rest } = after;
  const urns = Object.keys(after).filter((key) => key.startsWith("urn:"));
  return { ...rest, schemas: [core, ...urns] };
}
