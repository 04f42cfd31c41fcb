import type { Instant } from "../../../../kernel/time.ts";
import type { CodeParameters } from "./code.ts";
import { type CodeState, type CodeVerdict, type JudgedCode, judgeCode } from "./judge-code.ts";

export type Token = Readonly<{
  id: string;
  parameters: CodeParameters;
  state: CodeState;
  makeMatcher: (code: string) => (step: number) => boolean;
}>;

export type JudgedCodes = Readonly<{
  verdict: CodeVerdict;
  /** The token whose code it was; null unless right. */
  tokenId: string | null;
  /** What is to be saved, by token. */
  changes: readonly Readonly<{ id: string; next: CodeState }>[];
}>;

/** The first of these that any token says is what the person is told. */
const telling = [
  "right",
  "used",
  "clock-off",
  "wrong",
  "malformed",
  "blocked",
] as const satisfies readonly CodeVerdict["verdict"][];

/**
 * Judges one attempt against all tokens of an account: nobody has to say which app it is from. A right code counts for
 * its own token alone, a replayed one for none, a guess against every one that is not blocked.
 */
export function judgeCodes(
  tokens: readonly Token[],
  input: string,
  now: Instant,
  options: { resynchronise?: boolean } = {},
): JudgedCodes {
  const judged = tokens.map(({ id, state, parameters, makeMatcher }) => ({
    id,
    state,
    judged: judgeCode(state, parameters, makeMatcher, input, now, options),
  }));
  const told = telling.flatMap((verdict) => judged.filter((one) => one.judged.verdict === verdict))[0];
  if (!told) return { verdict: { verdict: "wrong" }, tokenId: null, changes: [] };
  const { verdict } = told.judged;
  const counting = verdict === "right" ? [told] : verdict === "used" ? [] : judged;
  return {
    verdict: verdict === "blocked" ? earliest(judged.map((one) => one.judged)) : told.judged,
    tokenId: verdict === "right" ? told.id : null,
    changes: counting.filter((one) => one.judged.next !== one.state).map(({ id, judged: { next } }) => ({ id, next })),
  };
}

/** All are blocked: until the first of them is not. */
function earliest(judged: readonly JudgedCode[]): CodeVerdict {
  const ends = judged.flatMap((one) => (one.verdict === "blocked" ? [one.until.getTime()] : []));
  return { verdict: "blocked", until: new Date(Math.min(...ends)) };
}
