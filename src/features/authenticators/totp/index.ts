import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import { listAuthenticators, type Method, type MethodRule, type StepHandler } from "../../journey/index.ts";
import { makeAskCode } from "./ask-code.ts";
import { makeCheckCode } from "./check-code.ts";
import { type Device, deviceOf, toldAs } from "./device.ts";
import type { CodeVerdict } from "./domain/judge-code.ts";
import { makeLinkApp } from "./link-app.ts";
import { deleteToken } from "./store.ts";

export { makeImportTokens, type TokenReport } from "./tokens/import-tokens.ts";
export { type Format as TokenFormat, formats as tokenFormats } from "./tokens/read-file.ts";

/** What the pure decisions know of the method. */
export const totpRule = {
  name: "totp",
  strength: 2,
  signIn: ["password", "totp"],
  link: [{ kind: "new-password", unlessLinked: "password" }, { kind: "totp-link" }],
} as const satisfies MethodRule;

/** What became of a code that was tested, and what it was read from. */
export type TestedVerdict = CodeVerdict & { device: Device };

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
   * Two codes in a row resynchronise a hardware token. Never for somebody who has shown nothing: it would be an oracle.
   */
  testCode(tx: Tx, accountId: string, input: string, now: Instant): Promise<TestedVerdict>;
}>;

/** The method "authenticator app", which a hardware token is too: a password, then a code (RFC 6238). */
export function totp(deps: TotpDeps): Totp {
  const checkCode = makeCheckCode(deps);
  return {
    method: {
      ...totpRule,
      steps: [...deps.passwordSteps, makeAskCode({ ...deps, checkCode }), makeLinkApp(deps)],
      onRemoved: deleteToken,
      toldAs: (authenticator) => toldAs(deviceOf([authenticator])),
      icon: "app",
      words: {
        name: "totp:name",
        signIn: "totp:continue",
        signInNote: "totp:continue-note",
        link: "totp:link-name",
        linkNote: "totp:link-note",
        named: "totp:token-named",
      },
    },
    async testCode(tx, accountId, input, now) {
      const tokens = (await listAuthenticators(tx, accountId)).filter(({ method }) => method === "totp");
      const ids = tokens.map(({ id }) => id);
      const { verdict } = await checkCode(tx, ids, input, now, { resynchronise: true });
      return { device: deviceOf(tokens), ...verdict };
    },
  };
}
