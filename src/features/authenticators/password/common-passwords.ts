import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { commonWords } from "./common-words.ts";

/**
 * The list on disk: entries as 40-bit hashes, sorted and cut into 65,536 buckets by their first 16 bits. The file is a table of
 * how many entries each bucket has (16 bits each), then the remaining 24 bits of every entry. With a million entries, one text in
 * a million is found though it is not there.
 */
const buckets = 65_536;
const entrySize = 3;

/** Bucket and remainder of a text, as they stand in the file. */
export function keyOf(text: string): { bucket: number; rest: number } {
  const digest = hash("sha256", text, "buffer");
  return { bucket: digest.readUInt16BE(0), rest: digest.readUIntBE(2, entrySize) };
}

/** The file for these texts. */
export function packList(texts: Iterable<string>): Buffer {
  const sorted: Set<number>[] = Array.from({ length: buckets }, () => new Set());
  for (const text of texts) {
    const { bucket, rest } = keyOf(text);
    sorted[bucket]?.add(rest);
  }
  const counts = Buffer.alloc(buckets * 2);
  const entries: Buffer[] = [];
  for (const [bucket, rests] of sorted.entries()) {
    counts.writeUInt16BE(rests.size, bucket * 2);
    for (const rest of [...rests].sort((a, b) => a - b)) {
      const entry = Buffer.alloc(entrySize);
      entry.writeUIntBE(rest, 0, entrySize);
      entries.push(entry);
    }
  }
  return Buffer.concat([counts, ...entries]);
}

/** Whether a text is in a packed list. */
export function makeLookUp(file: Buffer): (text: string) => boolean {
  const starts = new Uint32Array(buckets + 1);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    starts[bucket + 1] = (starts[bucket] ?? 0) + file.readUInt16BE(bucket * 2);
  }
  const entries = file.subarray(buckets * 2);
  if (entries.length !== (starts[buckets] ?? 0) * entrySize) throw new Error("the list of common passwords is damaged");
  return (text) => {
    const { bucket, rest } = keyOf(text);
    let low = starts[bucket] ?? 0;
    let high = starts[bucket + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = entries.readUIntBE(middle * entrySize, entrySize);
      if (entry === rest) return true;
      if (entry < rest) low = middle + 1;
      else high = middle;
    }
    return false;
  };
}

/**
 * Whether exactly this text, in lower case, is among the breached and common passwords or the common words. The file
 * is read at the first question.
 */
export function loadCommonPasswords(): (text: string) => boolean {
  const words = new Set<string>(commonWords);
  let lookUp: ((text: string) => boolean) | undefined;
  return (text) => {
    lookUp ??= makeLookUp(readFileSync(new URL("common-passwords.bin", import.meta.url)));
    return words.has(text) || lookUp(text);
  };
}
