import type { Keyring } from "../../../platform/seal/index.ts";

/** The token of the page that follows the reset `id`. Made from it, so that the page is found again by whoever knows the reset. */
export const statusToken = (keyring: Pick<Keyring, "hash">, id: string): string =>
  keyring.hash("recovery-status", id).toString("base64url");

/** What the reset's row holds of it. */
export const statusTokenHash = (keyring: Pick<Keyring, "hash">, token: string): Buffer =>
  keyring.hash("recovery-status-token", token);
