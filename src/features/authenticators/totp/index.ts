import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import { listAuthenticators, type Method, type StepHandler } from "../../journey/index.ts";
import { makeAskCode } from "./ask-code.ts";
import { makeCheckCode } from "./check-code.ts";
import type { CodeVerdict } from "./domain/judge-code.ts";
import { makeLinkApp } from "./link-app.ts";
import { deleteToken } from "./store.ts";

export type { CodeVerdict } from "./domain/judge-code.ts";

export type TotpDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "seal" | "open">;
  /** Where the service is, for the address of the page that compares clocks. No slash at the end. */
  publicUrl: string;
  /** The steps that ask for a password and set one: a code alone signs nobody in. */
  passwordSteps: readonly StepHandler[];
};

export type Totp = Readonly<{
  method: Method;
  /**
   * USR-5: what a code of the account is worth now, in the caller's transaction. It is spent, and a wrong one counts.
   * Never for somebody who has shown nothing: it would be an oracle.
   */
  testCode(tx: Tx, accountId: string, input: string, now: Instant): Promise<CodeVerdict>;
}>;

/** The method "authenticator app": a password, then a code (RFC 6238). */
export function totp(deps: TotpDeps): Totp {
  const checkCode = makeCheckCode(deps);
  return {
    method: {
      name: "totp",
      strength: 2,
      signIn: ["password", "totp"],
      link: [{ kind: "new-password", unlessLinked: "password" }, { kind: "totp-link" }],
      steps: [...deps.passwordSteps, makeAskCode({ ...deps, checkCode }), makeLinkApp(deps)],
      onRemoved: deleteToken,
      icon: "app",
      words: {
        name: "totp:name",
        signIn: "totp:continue",
        signInNote: "totp:continue-note",
        link: "totp:name",
        linkNote: "totp:link-note",
      },
    },
    async testCode(tx, accountId, input, now) {
      const tokens = (await listAuthenticators(tx, accountId)).filter(({ method }) => method === "totp");
      const ids = tokens.map(({ id }) => id);
      return (await checkCode(tx, ids, input, now)).verdict;
    },
  };
}
