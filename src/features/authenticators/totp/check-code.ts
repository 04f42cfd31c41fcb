import type { Instant } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { CodeVerdict } from "./domain/judge-code.ts";
import { judgeCodes } from "./domain/judge-codes.ts";
import { makeMatcher } from "./one-time-code.ts";
import { keyPlace } from "./places.ts";
import { lockTokens, saveTokenState } from "./store.ts";

export type CheckedCode = Readonly<{ verdict: CodeVerdict; authenticatorId: string | null }>;

/**
 * Judges a code against the tokens among `authenticatorIds` and spends it: one round trip, whoever asks. Every page
 * that takes a code comes through here, so that they share one count (T25).
 */
export const makeCheckCode =
  ({ keyring }: { keyring: Pick<Keyring, "open"> }) =>
  async (
    tx: Tx,
    authenticatorIds: readonly string[],
    input: string,
    now: Instant,
    options: { resynchronise?: boolean } = {},
  ): Promise<CheckedCode> => {
    const stored = await lockTokens(tx, authenticatorIds);
    const tokens = stored.map(({ id, secret, parameters, state }) => ({
      id,
      parameters,
      state,
      makeMatcher: makeMatcher(keyring.open(keyPlace(id), secret), parameters),
    }));
    const { verdict, tokenId, changes } = judgeCodes(tokens, input, now, options);
    // They travel with the statement that follows; the commit fails if one of them does.
    for (const { id, next } of changes) saveTokenState(tx, id, next).catch(() => {});
    return { verdict, authenticatorId: tokenId };
  };
