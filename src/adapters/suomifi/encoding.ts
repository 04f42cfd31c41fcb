/** The bytes that base64 stands for, line breaks aside; null for anything else. */
export function bytesOf(base64: string): Buffer | null {
  const bare = base64.replace(/[\r\n]/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(bare) ? Buffer.from(bare, "base64") : null;
}

/** The text that bytes are in UTF-8; null where they are not. */
export function textIn(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
