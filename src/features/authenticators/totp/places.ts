import type { Place } from "../../../platform/seal/index.ts";

/** Where the key of a linked token lies. */
export const keyPlace = (authenticatorId: string): Place => ({ table: "totp", column: "secret", row: authenticatorId });

/** Where a key lies that was shown and not confirmed. */
export const offerPlace = (accountId: string): Place => ({ table: "totp_offer", column: "secret", row: accountId });

/** Where the key of a hardware token lies that is imported and linked to nobody. */
export const stockPlace = (tokenId: string): Place => ({ table: "token", column: "secret", row: tokenId });
