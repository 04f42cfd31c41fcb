import { failed } from "../directory-parts/trouble.ts";
import type { Exchange } from "./exchange.ts";
import { get, isObject, type Resource } from "./path.ts";

export type Key = "externalId" | "userName";

/** A user as found there: `id` is the service's own. */
export type Found = Readonly<{ id: string; resource: Resource }>;

const pageSize = 100;
const pageLimit = 200;

/**
 * A filter that holds `value` as a JSON string and nothing else of it (RFC 7644 §3.4.2.2): quotes, backslashes and control
 * characters in it are escaped.
 */
export const filterFor = (key: Key, value: string): string => `${key} eq ${JSON.stringify(value)}`;

/** The one user whose `key` is `value`, or null. Whatever a service sends, what doesn't match is left aside. */
export async function find(exchange: Exchange, canFilter: boolean, key: Key, value: string): Promise<Found | null> {
  const all = canFilter
    ? (await page(exchange, `filter=${encodeURIComponent(filterFor(key, value))}`)).resources
    : await everybody(exchange);
  const matching = all.filter((resource) => isSame(key, get(resource, key), value));
  if (matching.length > 1)
    throw failed(`Several users there have this account's ${key}: leave it to the one that is right.`);
  const [resource] = matching;
  return resource ? { id: idOf(resource), resource } : null;
}

/** User names are the same in capitals and small letters (RFC 7643 §4.1.1). */
const isSame = (key: Key, there: unknown, ours: string): boolean =>
  typeof there === "string" && (key === "externalId" ? there === ours : there.toLowerCase() === ours.toLowerCase());

async function page(exchange: Exchange, query: string): Promise<{ resources: readonly Resource[]; total: unknown }> {
  const { body } = await exchange({ method: "GET", path: `/Users?${query}` });
  const resources = get(body, "Resources") ?? [];
  return { resources: Array.isArray(resources) ? resources.filter(isObject) : [], total: get(body, "totalResults") };
}

async function everybody(exchange: Exchange): Promise<readonly Resource[]> {
  const all: Resource[] = [];
  for (let pages = 0; pages < pageLimit; pages += 1) {
    const { resources, total } = await page(exchange, `startIndex=${all.length + 1}&count=${pageSize}`);
    all.push(...resources);
    if (resources.length === 0 || all.length === total) return all;
  }
  throw failed("There are too many users to look through one by one: the SCIM service has to filter.");
}

/** The address of a user; an id that would lead elsewhere is refused. */
export const addressOf = ({ id }: Found): string => `/Users/${encodeURIComponent(id)}`;

function idOf(resource: Resource): string {
  const id = get(resource, "id");
  if (typeof id === "string" && id !== "" && id !== "." && id !== ".." && id.length <= 500) return id;
  throw failed("The SCIM service sent a user without an id.");
}
