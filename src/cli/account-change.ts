import type { Command } from "commander";
import { type Account, loadAccount } from "../features/organisations/index.ts";
import type { ChangeResult } from "../features/support/index.ts";
import { showAccount } from "./account-show.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";
import { refuse } from "./output.ts";

export type ChangeFlags = Readonly<{
  email?: string;
  /** false by `--no-phone`. */
  phone?: string | false;
  givenName?: string;
  familyName?: string;
  userName?: string;
  language?: string;
  reason: string;
  json?: boolean;
}>;

const refusals = {
  "no-such-account": "There is no such account.",
  "account-closed": "The account is closed. Open it first.",
  "no-reason": "Say why with --reason: it is kept in the audit.",
} as const satisfies Record<Extract<ChangeResult, string>, string>;

/** The options of `vahva account change`. */
export const withChanges = (command: Command): Command =>
  command
    .option("--email <address>", "the new e-mail address; the user name follows where it is the old one")
    .option("--phone <number>", "the new mobile number")
    .option("--no-phone", "no number any more")
    .option("--given-name <name>", "the new given name")
    .option("--family-name <name>", "the new family name")
    .option("--user-name <name>", "the new user name")
    .option("--language <fi|sv|en>", "the language of messages")
    .requiredOption("--reason <reason>", "why, for the audit");

/** `vahva account change` */
export async function changeAccount(context: Context, io: Io, account: Account, flags: ChangeFlags): Promise<number> {
  const { reason, json: asJson, phone, ...given } = flags;
  const wanted = { ...given, ...(phone !== undefined && { phone: phone === false ? null : phone }) };
  const result = await context.features.support.changeAccount(account.id, wanted, { actor: "operator", reason });
  if (typeof result === "string") return refuse(io, [{ field: "", says: refusals[result] }], { asJson });
  if ("problems" in result) return refuse(io, result.problems, { asJson });
  const { changed, isMoved, invitationId } = result;
  io.say(changed.length > 0 ? `Changed: ${changed.join(", ")}.` : "Nothing has changed.");
  if (isMoved)
    io.say("Whatever was sent to the old address or number opens nothing any more: links, PINs, temporary passwords.");
  if (invitationId) io.say(`Send the invitation again: vahva invite --send-again ${invitationId}`);
  const now = await loadAccount(context.db, account.id);
  return asJson && now ? showAccount(context, io, now, { json: true }) : 0;
}
