import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { AuditEvent } from "../audit/index.ts";
import type { Directories } from "../directories/index.ts";
import type { Journey, Purpose } from "../journey/index.ts";
import { homeOf, setAccountState } from "../organisations/index.ts";
import { donePage } from "./pages.ts";
import { saveActivated } from "./store.ts";

type Deps = Readonly<{ directories: Pick<Directories, "tell"> }>;
export type CompleteActivation = ReturnType<typeof makeCompleteActivation>;

/**
 * ACT-8: makes the account active, once, and tells its directories. The account's row is locked by the dispatcher, which
 * has read its state.
 */
export const makeCompleteActivation =
  ({ directories }: Deps) =>
  async (tx: Tx, { account }: Journey, now: Instant): Promise<readonly AuditEvent[]> => {
    if (!account) throw new Error("an activation without an account");
    await setAccountState(tx, account.id, { from: ["invited", "activating"], to: "active", now });
    await Promise.all([
      saveActivated(tx, account.id, now),
      directories.tell(tx, account, "account", { id: null, at: now }),
    ]);
    return [
      {
        type: "account.activated",
        result: "done",
        actor: `account:${account.id}`,
        organisationId: account.organisationId,
        accountId: account.id,
      },
    ];
  };

/** From the right PIN to the confirmation whose button leads, signed in, to the home application (ACT-5, ACT-6). */
export const activationPurpose = (complete: CompleteActivation): Purpose => ({
  name: "activation",
  signsIn: true,
  finish: complete,
  destination: ({ account, organisation }) => homeOf(account, organisation)?.url ?? "/account",
  donePage,
});
