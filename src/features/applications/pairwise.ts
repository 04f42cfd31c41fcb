import type { Keyring } from "../../platform/seal/index.ts";

/** The subject that a sector knows an account by (Core §8.1): nobody can join two sectors' subjects, or guess one. */
export const makePairwise =
  (keyring: Pick<Keyring, "hash">) =>
  (sector: string, accountId: string): string =>
    keyring.hash("pairwise-subject", `${sector}\0${accountId}`).toString("base64url");
