// Control, format (bidirectional overrides among them), surrogate and private characters, line and paragraph separators.
const invisible = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/**
 * `text` as it may stand in a header: one line, no control or direction-changing characters, at most `limit` code points.
 * Names come from people (ACT-1), so a line break with `Bcc:` after it is to be expected.
 */
export function oneLine(text: string, limit: number): string {
  const line = text.normalize("NFC").replace(invisible, " ").replace(/\s+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join("")}…`;
}
