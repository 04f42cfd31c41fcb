/** No message to support is longer. */
export const longestMessage = 1000;

/**
 * What somebody writes to support, as it is kept: lines and ordinary characters alone, since it is read in terminals too.
 * Null when there is nothing left, or too much.
 */
export function parseMessage(text: string): { message: string } | { refused: "message-needed" | "message-long" } {
  const lines = text.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{C}\n]/gu, " ");
  const message = lines.normalize("NFC").trim();
  if (message === "") return { refused: "message-needed" };
  return [...message].length > longestMessage ? { refused: "message-long" } : { message };
}
