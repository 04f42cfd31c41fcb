import { loadPasswordChange, loadTemporary } from "../features/authenticators/password/index.ts";
import { listAuthenticators } from "../features/journey/index.ts";
import { type Account, listFormer } from "../features/organisations/index.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";
import { json, table } from "./output.ts";

/** Prints an account and what belongs to it, never a secret; resolves to the exit code. */
export async function showAccount(
  { db, clock }: Context,
  io: Io,
  account: Account,
  { json: asJson = false }: { json?: boolean },
): Promise<number> {
  const now = clock.now();
  const [authenticators, passwordChangedAt, temporary, former] = await Promise.all([
    listAuthenticators(db, account.id),
    loadPasswordChange(db, account.id),
    loadTemporary(db, account.id),
    listFormer(db, account, now),
  ]);
  const usable = temporary && temporary.expiresAt > now ? temporary : null;
  const { personId: _person, epoch: _epoch, ...rest } = account;
  const methods = authenticators.map(({ method, linkedAt, lastUsedAt }) => ({ method, linkedAt, lastUsedAt }));
  const formerAddresses = former.map(({ address, keptUntil }) => ({ address, keptUntil }));
  if (asJson) {
    const temporaryPasswordUntil = usable?.expiresAt ?? null;
    io.print(json({ ...rest, formerAddresses, methods, passwordChangedAt, temporaryPasswordUntil }));
    return 0;
  }
  const linked = methods.map(({ method, linkedAt }) => `${method} (${linkedAt.toISOString()})`);
  const told = formerAddresses.map(({ address, keptUntil }) => `${address} (until ${keptUntil.toISOString()})`);
  io.print(
    table([
      ["name", `${account.givenName} ${account.familyName}`],
      ["user name", account.userName],
      ["e-mail", account.email],
      ["phone", account.phone ?? "none"],
      ["told too", told.join(", ") || "nobody"],
      ["language", account.language],
      ["category", account.category],
      ["state", account.state],
      ["linked", linked.join(", ") || "nothing"],
      ["temporary password", usable ? `until ${usable.expiresAt.toISOString()}` : "none"],
      ["id", account.id],
    ]),
  );
  return 0;
}
