export type Form = Readonly<{
  action: string;
  method: string;
  fields: Readonly<Record<string, string>>;
  buttons: readonly Readonly<{ label: string; name: string; value: string }>[];
}>;

/** What a person reads and can use on one of our own pages; enough for them, and no general reader of HTML. */
export function readPage(html: string) {
  const all = (pattern: RegExp) => [...html.matchAll(pattern)];
  const first = (pattern: RegExp) => textOf(pattern.exec(html)?.[1] ?? "");
  return {
    title: first(/<title>([\s\S]*?)<\/title>/),
    language: /<html lang="(\w+)"/.exec(html)?.[1] ?? "",
    heading: first(/<h1[^>]*>([\s\S]*?)<\/h1>/),
    text: textOf(/<body[\s\S]*/.exec(html)?.[0] ?? html),
    /** Refusals of fields, and notices above the form. */
    alerts: all(/<(p|div)[^>]*(?:class="error"|role="alert")[^>]*>([\s\S]*?)<\/\1>/g).map((found) =>
      textOf(found[2] ?? ""),
    ),
    forms: all(/<form([^>]*)>([\s\S]*?)<\/form>/g).map(readForm),
    links: all(/<a ([^>]*)>([\s\S]*?)<\/a>/g).map(([, about = "", label = ""]) => ({
      label: textOf(label),
      href: attributesOf(about).href ?? "",
    })),
  };
}

function readForm([, about = "", content = ""]: RegExpMatchArray): Form {
  const { action = "", method = "get" } = attributesOf(about);
  const inputs = [...content.matchAll(/<(?:input|textarea)([^>]*)>/g)].map(([, each = ""]) => attributesOf(each));
  const kept = inputs.filter(
    ({ type, checked }) => !["radio", "checkbox"].includes(type ?? "") || checked !== undefined,
  );
  return {
    action,
    method,
    fields: Object.fromEntries(kept.map(({ name = "", value = "" }) => [name, value])),
    buttons: [...content.matchAll(/<button([^>]*)>([\s\S]*?)<\/button>/g)].map(([, each = "", label = ""]) => {
      const { name = "", value = "" } = attributesOf(each);
      return { label: textOf(label), name, value };
    }),
  };
}

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = ""]) => [name, decode(value)]),
  );

/** Without what only keeps words such as e-mail from being torn, so that a sentence is found as it reads. */
export const inWords = (html: string): string => html.replace(/<span class="nowrap">([^<]*)<\/span>/g, "$1");

const textOf = (html: string): string =>
  decode(inWords(html).replace(/<svg[\s\S]*?<\/svg>|<[^>]+>/g, " "))
    .replace(/\s+/g, " ")
    .trim();

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&", nbsp: " ", "#39": "'", "#x27": "'" };

const decode = (text: string): string =>
  text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (entities[name]) return entities[name];
    const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return name.startsWith("#") ? String.fromCodePoint(code) : whole;
  });
