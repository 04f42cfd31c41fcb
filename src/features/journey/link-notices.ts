import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { Outgoing } from "../messages/index.ts";
import { type Account, noticesTo, type Organisation } from "../organisations/index.ts";

/**
 * USR-7: every link is told by e-mail, and by text message where there is a number; but while the account is being
 * activated by e-mail only, since that very phone has just received its PIN.
 */
export const linkNotices = (
  tx: Tx,
  account: Account,
  organisation: Organisation,
  method: string,
  now: Instant,
): Promise<Outgoing[]> =>
  noticesTo(tx, account, organisation, { template: "method-linked", parameters: { method, at: now } }, now, {
    bySms: account.state === "active",
  });
