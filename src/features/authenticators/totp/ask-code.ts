import type { Outcome, StepHandler } from "../../journey/index.ts";
import type { makeCheckCode } from "./check-code.ts";
import { deviceOf } from "./device.ts";
import { noticeOf } from "./notices.ts";
import { makeCodePage } from "./pages.ts";

/** Shows that the person has an app or token that is linked to the account (SIN-6). Asked after the password. */
export const makeAskCode = (deps: { checkCode: ReturnType<typeof makeCheckCode>; publicUrl: string }): StepHandler => ({
  kind: "totp",
  amr: ["otp"],
  quick: true,
  page: makeCodePage(deps),
  attempt: async (_journey, form) => ({
    decide:
      (tx, now) =>
      async ({ accountId, authenticators }): Promise<Outcome> => {
        const own = accountId === null ? [] : authenticators.filter(({ method }) => method === "totp");
        const ids = own.map(({ id }) => id);
        const { verdict, authenticatorId } = await deps.checkCode(tx, ids, form.code ?? "", now);
        if (verdict.verdict === "right")
          return { result: "shown", proofs: [{ kind: "totp", authenticatorId }], event: { type: "code.accepted" } };
        return {
          result: "refused",
          notice: noticeOf(verdict, now, deviceOf(own)),
          event: { type: "code.refused", detail: { reason: verdict.verdict } },
        };
      },
  }),
});
