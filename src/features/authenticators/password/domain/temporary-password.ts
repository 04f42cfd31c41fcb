/** Sixteen signs, four bits each, that nobody takes for one another, and that spell no word. */
const signs = "3479cdfhjkmprtwx";

/** The random bytes of a temporary password: 64 bits (NIST SP 800-63B §4.2.1.1). */
export const temporaryPasswordBytes = 8;

/** A temporary password as people are sent it, in groups that can be read aloud: `ck4t-93fh-xrpd-7m9k`. */
export function writeTemporaryPassword(bytes: Uint8Array): string {
  const written = [...bytes].map((byte) => `${signs[byte >> 4]}${signs[byte & 15]}`);
  return written.map((pair, index) => (index > 0 && index % 2 === 0 ? `-${pair}` : pair)).join("");
}

/** What is compared of a temporary password, however it was typed: capitals, spaces, hyphens and full width aside. */
export const foldTemporaryPassword = (typed: string): string =>
  typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{Pd}\p{Cf}]/gu, "");
