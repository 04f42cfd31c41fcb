import { type Problem, problem } from "../../../organisations/index.ts";
import type { Encoding } from "../domain/encoding.ts";
import { type ReadTokens, readPskc } from "./read-pskc.ts";
import { readTable, type TableFormat } from "./read-table.ts";
import type { Unlock } from "./unlock-pskc.ts";

export const formats = ["auto", "pskc", "token2", "entra"] as const;
export type Format = (typeof formats)[number];

export type FileOptions = Unlock & Readonly<{ format: Format; encoding: Encoding | null }>;

const largestFile = 20 * 1024 * 1024;

/** The tokens of a file, in whichever format it is; what is wrong with the whole of it instead, if something is. */
export async function readTokenFile(
  source: AsyncIterable<Uint8Array>,
  { format, encoding, ...unlock }: FileOptions,
): Promise<ReadTokens> {
  const text = await decode(source);
  if (typeof text !== "string") return { problems: [text] };
  const isXml = text.trimStart().startsWith("<");
  if (format === "pskc" || (format === "auto" && isXml)) return readPskc(text, unlock);
  const table: TableFormat | null = format === "auto" ? null : format;
  return readTable(text, table, encoding);
}

async function decode(source: AsyncIterable<Uint8Array>): Promise<string | Problem> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  let text = "";
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > largestFile) return problem("file", "too-large", "The file is larger than 20 MB. Divide it.");
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return problem("file", "not-utf-8", "The file is not in UTF-8.");
  }
  return text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
}
