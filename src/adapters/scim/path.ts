/** A SCIM resource, or a part of one, as JSON. */
export type Resource = Readonly<Record<string, unknown>>;

/**
 * Where in a resource: `userName`, `name.givenName`, `emails[type eq "work"].value`, or an attribute of an extension after
 * its URN. Of what PATCH knows (RFC 7644 §3.5.2) only this much, since it has to be followed here too.
 */
export type Path = Readonly<{ schema: string | null; name: string; type: string | null; sub: string | null }>;

const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
const attribute = "[A-Za-z][\\w$-]*";
const grammar = new RegExp(
  `^(?:(?<schema>urn:[\\w.:+-]+):)?(?<name>${attribute})(?:\\[type eq "(?<type>[\\w -]+)"\\]\\.value|\\.(?<sub>${attribute}))?$`,
  "u",
);

/** Null for what isn't such a path. */
export function parsePath(text: string): Path | null {
  const { schema = null, name, type = null, sub = null } = grammar.exec(text)?.groups ?? {};
  if (name === undefined) return null;
  return { schema: schema === coreUser ? null : schema, name, type, sub };
}

/** A path that is known to be one. */
export function pathOf(text: string): Path {
  const path = parsePath(text);
  if (!path) throw new Error("not a path of a SCIM attribute");
  return path;
}

export const isObject = (value: unknown): value is Resource =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value of an attribute; their names are the same in capitals and small letters (RFC 7643 §2.1). */
export function get(container: unknown, name: string): unknown {
  return isObject(container) ? container[keyOf(container, name)] : undefined;
}

const keyOf = (container: Resource, name: string): string =>
  Object.keys(container).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;

function set(container: unknown, name: string, value: unknown): Resource {
  const { [keyOf(isObject(container) ? container : {}, name)]: _, ...rest } = isObject(container) ? container : {};
  return value === undefined ? rest : { ...rest, [isObject(container) ? keyOf(container, name) : name]: value };
}

const isOfType = (type: string) => (element: unknown) =>
  String(get(element, "type")).toLowerCase() === type.toLowerCase();

const elements = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What is at `path`; undefined for nothing. */
export function read(resource: Resource, path: Path): unknown {
  const whole = readWhole(resource, path);
  if (path.type !== null) return get(elements(whole).find(isOfType(path.type)), "value");
  return path.sub === null ? whole : get(whole, path.sub);
}

/** The attribute that `path` is in, with all its elements and parts. */
export const readWhole = (resource: Resource, { schema, name }: Path): unknown =>
  get(schema === null ? resource : get(resource, schema), name);

/** `resource` with `value` at `path`; undefined takes it away. */
export function write(resource: Resource, path: Path, value: unknown): Resource {
  const whole = readWhole(resource, path);
  const next = path.type !== null ? withTyped(elements(whole), path.type, value) : withSub(whole, path.sub, value);
  if (path.schema === null) return set(resource, path.name, next);
  const extension = set(get(resource, path.schema), path.name, next);
  return set(resource, path.schema, Object.keys(extension).length > 0 ? extension : undefined);
}

function withSub(whole: unknown, sub: string | null, value: unknown): unknown {
  if (sub === null) return value;
  const next = set(whole, sub, value);
  return Object.keys(next).length > 0 ? next : undefined;
}

/** The first element of the type holds the value; a first element at all is the primary one. */
function withTyped(all: readonly unknown[], type: string, value: unknown): unknown {
  const index = all.findIndex(isOfType(type));
  const next =
    value === undefined
      ? all.filter((_, at) => at !== index)
      : index < 0
        ? [...all, { type, value, ...(all.length === 0 && { primary: true }) }]
        : all.map((element, at) => (at === index ? set(element, "value", value) : element));
  return next.length > 0 ? next : undefined;
}

/** Whether `actual` has all that `wanted` has: servers add parts of their own, and some write booleans as texts. */
export function covers(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    const there = elements(actual);
    return there.length === wanted.length && wanted.every((one) => there.some((other) => covers(other, one)));
  }
  if (isObject(wanted)) return Object.entries(wanted).every(([name, value]) => covers(get(actual, name), value));
  if (typeof wanted === "boolean") return String(actual).toLowerCase() === String(wanted);
  return actual === wanted;
}
