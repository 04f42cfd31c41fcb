/** Vahva's own colour. */
const fallback = "#0f5a4c";

/** The contrast that text needs: WCAG 2.2, 1.4.3. */
const enough = 4.5;

const parse = (colour: string): number[] | null =>
  /^#[0-9a-f]{6}$/i.test(colour) ? [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) : null;

/** Relative luminance: WCAG 2.2's definition. */
const luminance = (channels: readonly number[]): number =>
  channels
    .map((channel) => channel / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
    .reduce((sum, channel, index) => sum + channel * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);

/** The contrast of two colours (`#rrggbb`), 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [one, other].map((colour) => luminance(parse(colour) ?? [])).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const hex = (channels: readonly number[]): string =>
  `#${channels.map((channel) => Math.floor(channel).toString(16).padStart(2, "0")).join("")}`;

/** What a letter stands on: a little darker than the white of its sheet, so what is readable here is readable there. */
export const ground = "#f1f3ef";

/**
 * An organisation's colour, darkened as little as makes it readable on a letter, as text and as a button's ground under
 * white words: mail programs know no style sheet that could do it.
 */
export function readableColour(colour: string | null): string {
  let channels = parse(colour ?? fallback) ?? parse(fallback) ?? [];
  while (contrast(hex(channels), ground) < enough) channels = channels.map((channel) => channel * 0.97);
  return hex(channels);
}
