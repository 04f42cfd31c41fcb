/** A picture as it is stored and served. */
export type Logo = { type: "image/png" | "image/svg+xml"; bytes: Buffer };

export const logoBytes = 50 * 1024;

const png = Buffer.from("89504e470d0a1a0a", "hex");

const elements = new Set(
  "svg g path rect circle ellipse line polyline polygon text tspan defs use symbol title desc clipPath mask linearGradient radialGradient stop".split(
    " ",
  ),
);

const attributes = new Set(
  (
    "xmlns xmlns:xlink version id class x y x1 x2 y1 y2 dx dy cx cy fx fy r rx ry d points width height viewBox " +
    "preserveAspectRatio transform gradientUnits gradientTransform spreadMethod offset clipPathUnits maskUnits " +
    "maskContentUnits href xlink:href style fill fill-rule fill-opacity stroke stroke-width stroke-linecap " +
    "stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity clip-path clip-rule mask " +
    "opacity color stop-color stop-opacity font-family font-size font-weight font-style text-anchor letter-spacing " +
    "role aria-label aria-hidden aria-labelledby focusable xml:space"
  ).split(" "),
);

const tag = /^<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** A value that can reach nothing outside the picture: no script, no escape, no address but `#part` of itself. */
function isHarmless(name: string, value: string): boolean {
  if (name.startsWith("xmlns")) return /^http:\/\/www\.w3\.org\/[\w/]+$/.test(value);
  if (/[\\@&]|script:|data:|expression\(/i.test(value)) return false;
  if (name === "href" || name === "xlink:href") return /^#[\w-]+$/.test(value);
  return [...value.matchAll(/url\(([^)]*)/gi)].every(([, target]) => /^\s*["']?#[\w-]+["']?\s*$/.test(target ?? ""));
}

/**
 * Whether an SVG holds nothing but shapes: every element and attribute is on the list, and nothing refers outside the
 * picture. Strict on purpose: a document type, an entity, CDATA, a script, a style sheet or an event handler refuses it.
 */
export function isHarmlessSvg(text: string): boolean {
  let rest = text
    .replace(/^\uFEFF/, "")
    .replace(/^\s*<\?xml[\w\s="'.-]*\?>/, "")
    .replaceAll(/<!--(?:(?!--)[\s\S])*-->/g, "");
  let first = true;
  for (let at = rest.indexOf("<"); at !== -1; at = rest.indexOf("<")) {
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d{1,5});)/.test(rest.slice(0, at))) return false;
    rest = rest.slice(at);
    const found = tag.exec(rest);
    const [whole, closing, name = "", given = ""] = found ?? [];
    if (!whole || !elements.has(name) || (first && name !== "svg") || (closing && given)) return false;
    for (const [, key = "", double, single] of given.matchAll(attribute))
      if (!attributes.has(key) || !isHarmless(key, double ?? single ?? "")) return false;
    rest = rest.slice(whole.length);
    first = false;
  }
  return !first && rest.trim() === "";
}

/** The picture in `bytes`, if it is a PNG or a harmless SVG of at most 50 KB; told by its contents, not by its name. */
export function parseLogo(bytes: Buffer): Logo | null {
  if (bytes.length > logoBytes) return null;
  if (bytes.subarray(0, png.length).equals(png)) return { type: "image/png", bytes };
  return isHarmlessSvg(bytes.toString("utf8")) ? { type: "image/svg+xml", bytes } : null;
}
