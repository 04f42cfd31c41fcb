import type { Db, Tx } from "../../platform/database/index.ts";
import type { CaseDeps } from "./case-deps.ts";
import { type Case, findByReference, loadSealed } from "./store.ts";

/** A case as the agent who works on it sees it. */
export type ReadCase = Case & Readonly<{ email: string; message: string | null; reason: string | null }>;

/**
 * The case of a reference: its own, or that of a page whose trouble it took up later. However it was typed: `k7m 2px 94`
 * finds `K7M-2PX-94`.
 */
export const makeFindCase =
  ({ audit }: Pick<CaseDeps, "audit">) =>
  async (db: Db | Tx, typed: string): Promise<Case | null> => {
    const letters = typed.toUpperCase().replaceAll(/[^0-9A-Z]/g, "");
    const reference = `${letters.slice(0, 3)}-${letters.slice(3, 6)}-${letters.slice(6)}`;
    const own = await findByReference(db, reference);
    if (own) return own;
    const [event] = (await audit.findByReference(db, reference)).filter(({ type }) => type === "case.repeated");
    const other = event?.detail?.case;
    return typeof other === "string" ? findByReference(db, other) : null;
  };

/** Opens what is sealed in the case: for whoever decides it, or has the link that it is confirmed by. */
export const makeReadCase =
  ({ keyring }: Pick<CaseDeps, "keyring">) =>
  async (db: Db | Tx, found: Case): Promise<ReadCase> => {
    const { email, message, reason } = await loadSealed(db, found.id);
    const open = (column: string, sealed: Buffer) =>
      keyring.open({ table: "support_case", column, row: found.id }, sealed).toString();
    return {
      ...found,
      email: open("email", email),
      message: message && open("message", message),
      reason: reason && open("reason", reason),
    };
  };
