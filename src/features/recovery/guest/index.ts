import { inWholeSeconds } from "../../../platform/throttle/index.ts";
import type { Attempt, Notice } from "../../journey/index.ts";
import type { GuestPart } from "../choose-way.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";
import { makeAskSupport } from "./ask-support.ts";
import { parseMessage } from "./message.ts";
import { askedAddress, guestPage } from "./pages.ts";

const refusals = {
  "message-needed": { key: "guest:message-needed" },
  "message-long": { key: "guest:message-long" },
  "too-many": { key: "guest:too-many", tone: "warn" },
} as const satisfies Record<string, Notice>;

/** What guests get in the place of the ways: who can help them, and a message to support (REC-5). */
export function makeGuestPart(deps: RecoveryDeps): GuestPart {
  const askSupport = makeAskSupport(deps);
  return {
    page: async (view) => guestPage(view),
    async attempt({ organisation, requested }, form, poster) {
      const parsed = parseMessage(form.message ?? "");
      if ("refused" in parsed) return refused(parsed.refused);
      if (!organisation) throw new Error("a guest of no organisation");
      const asks = { typed: requested.loginHint ?? "", organisation, message: parsed.message };
      const result = await inWholeSeconds(() => askSupport(asks, poster));
      if (result === "too-many") return refused(result);
      return { decide: () => async () => ({ result: "left", url: askedAddress(organisation) }) };
    },
  };
}

const refused = (reason: keyof typeof refusals): Attempt => ({
  decide: () => async () => ({
    result: "refused",
    notice: refusals[reason],
    event: { type: "case.not-opened", detail: { kind: "guest", reason } },
  }),
});
