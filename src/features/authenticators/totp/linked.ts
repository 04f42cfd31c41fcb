import type { Instant } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Random } from "../../../ports/random.ts";
import {
  type Authenticator,
  insertAuthenticator,
  type Journey,
  linkNotices,
  type Notice,
  type Outcome,
} from "../../journey/index.ts";
import type { Account, Organisation } from "../../organisations/index.ts";
import { toldAs } from "./device.ts";
import type { CodeParameters } from "./domain/code.ts";
import type { CodeState } from "./domain/judge-code.ts";
import { keyPlace } from "./places.ts";
import { insertToken } from "./store.ts";

/** A journey gets to linking only once it is known whose it is. */
export function ownerOf({ account, organisation }: Journey): { account: Account; organisation: Organisation } {
  if (!account || !organisation) throw new Error("an app is linked for nobody");
  return { account, organisation };
}

/** What was shown to be in the person's hands: `state` has the code that showed it spent. `serial` is null for an app. */
type Shown = Readonly<{ key: Buffer; parameters: CodeParameters; state: CodeState; serial: string | null }>;

/** Puts an app or a hardware token on record for the account, and tells the person (USR-7). */
export async function saveLink(
  { random, keyring }: { random: Random; keyring: Pick<Keyring, "seal"> },
  tx: Tx,
  journey: Journey,
  { key, parameters, state, serial }: Shown,
  now: Instant,
): Promise<Outcome & { result: "shown"; linked: readonly [Authenticator] }> {
  const { account, organisation } = ownerOf(journey);
  const made: Authenticator = { id: random.id(), method: "totp", name: serial, linkedAt: now, lastUsedAt: null };
  const secret = keyring.seal(keyPlace(made.id), key);
  const device = serial === null ? "app" : "token";
  const [messages] = await Promise.all([
    linkNotices(tx, account, organisation, toldAs(device), now),
    insertAuthenticator(tx, account.id, made),
    insertToken(tx, { id: made.id, secret, parameters, state }),
  ]);
  return {
    result: "shown",
    proofs: [
      { kind: "totp-link", authenticatorId: made.id },
      { kind: "totp", authenticatorId: made.id },
    ],
    linked: [made],
    event: { type: "method.linked", detail: { method: "totp", authenticator: made.id, device } },
    messages,
  };
}

export const refuseLink = (reason: string, notice: Notice): Outcome => ({
  result: "refused",
  notice,
  event: { type: "method.link-refused", detail: { method: "totp", reason } },
});
