/**
 * Whether a passkey has gone on counting: an answer that counts no further than the last one came from a copy of it
 * (WebAuthn §6.1.1). Synced passkeys don't count, and always say 0.
 */
export const hasCountedOn = (last: number, now: number): boolean => now > last || (now === 0 && last === 0);
