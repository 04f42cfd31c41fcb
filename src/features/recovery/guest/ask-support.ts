import { isShut } from "../../../kernel/account-state.ts";
import type { Origin } from "../../../kernel/origin.ts";
import { hours, type Instant, plus } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import { use } from "../../../platform/throttle/index.ts";
import type { AuditEvent } from "../../audit/index.ts";
import { sourceOf } from "../../journey/index.ts";
import {
  type Account,
  findAccountsByName,
  letterhead,
  lockAccount,
  nameKey,
  type Organisation,
} from "../../organisations/index.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";

/** What a guest writes, and of which address. */
export type GuestAsks = Readonly<{ typed: string; organisation: Organisation; message: string }>;

/** How long the link in the e-mail works. */
const linkLifetime = hours(24);

const perNetwork = { limit: 30, window: hours(1) } as const;
/** Where nobody is known, what was typed stands for the account, so that as much is counted (REC-6). */
const perAddress = { limit: 3, window: hours(24) } as const;

export const confirmationHash = (keyring: Pick<Keyring, "hash">, token: string): Buffer =>
  keyring.hash("case-confirmation", token);

/**
 * Takes a guest's message to support (REC-5). It goes there once its writer has confirmed the address, by a link that is
 * mailed only to the address on record of an account of the organisation: nobody can have mail sent to anybody else. The
 * answer is the same whoever is known (REC-6).
 */
export const makeAskSupport =
  (deps: RecoveryDeps) =>
  (asks: GuestAsks, origin: Pick<Origin, "browserHash" | "network" | "reference">): Promise<"sent" | "too-many"> =>
    deps.db.transaction().execute(async (tx) => {
      const now = deps.clock.now();
      if (await use(tx, { key: `guest:${await sourceOf(tx, origin)}`, ...perNetwork }, now)) return "too-many";
      const { typed, organisation } = asks;
      const [found] = await findAccountsByName(tx, typed, organisation.id);
      const account = found && !isShut(found.state) ? await lockAccount(tx, found.id) : null;
      const whose = account?.id ?? deps.keyring.hash("guest", nameKey(typed) ?? "").toString("hex");
      const isFull = (await use(tx, { key: `guest:day:${whose}`, ...perAddress }, now)) !== null;
      if (account && !isFull) await open(deps, tx, { ...asks, account, origin }, now);
      else await deps.audit.record(tx, [refused(asks, account, origin, isFull ? "too-often" : "nobody")]);
      return "sent";
    });

type Known = GuestAsks & Readonly<{ account: Account; origin: Pick<Origin, "network" | "reference"> }>;

async function open(deps: RecoveryDeps, tx: Tx, { account, organisation, message, origin }: Known, now: Instant) {
  const token = deps.random.bytes(32).toString("base64url");
  const until = plus(now, linkLifetime);
  const opened = await deps.cases.openCase(
    tx,
    {
      account,
      organisation,
      kind: "guest",
      message,
      origin,
      confirmedBy: { tokenHash: confirmationHash(deps.keyring, token) },
      expiresAt: until,
    },
    now,
  );
  if (!opened.isNew) return;
  await deps.messages.enqueue(tx, [
    {
      template: "case-confirm",
      channel: "email",
      to: account.email,
      parameters: { url: new URL(`/recover/guest/${token}`, deps.publicUrl).href, until },
      language: account.language,
      letterhead: letterhead(organisation),
      accountId: account.id,
      expiresAt: until,
    },
  ]);
}

const refused = (
  { organisation }: GuestAsks,
  account: Account | null,
  { network, reference }: Pick<Origin, "network" | "reference">,
  reason: string,
): AuditEvent => ({
  type: "case.not-opened",
  result: "refused",
  actor: "stranger",
  organisationId: organisation.id,
  accountId: account?.id ?? null,
  network,
  reference,
  detail: { kind: "guest", reason },
});
