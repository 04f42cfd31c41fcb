import type { Random } from "../../ports/random.ts";

/** Letters and figures that can't be mistaken for each other when read out (Crockford's Base32). */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** What a person reads to support so that the same moment is found in log and audit: `K7M-2PX-94`. 40 bits. */
export function makeReference(random: Random): string {
  const letters = Array.from(random.bytes(8), (byte) => alphabet[byte % 32]).join("");
  return `${letters.slice(0, 3)}-${letters.slice(3, 6)}-${letters.slice(6)}`;
}
