import type { Command } from "commander";
import { type Account, findAccountsByName, findOrganisation } from "../features/organisations/index.ts";
import { type ChangeFlags, changeAccount, withChanges } from "./account-change.ts";
import { showAccount } from "./account-show.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import { refuse } from "./output.ts";

type Flags = { json?: boolean };

const by = { actor: "operator" } as const;

const refusals = {
  "no-such-account": "There is no such account.",
  "already-closed": "The account is closed already.",
  "not-closed": "The account is not closed.",
  "not-frozen": "The account is not frozen.",
  "account-shut": "Nobody can sign in to the account now. Open it first.",
  "not-activated": "The account was never activated. Send the invitation again.",
  "organisation-closed": "The organisation is closed.",
  "no-temporary-passwords":
    'The organisation sends no temporary passwords. Its policy decides: {"password":{"way":"temporary"}}.',
} as const;

async function find({ db }: Context, slug: string, name: string): Promise<Account> {
  const organisation = found(await findOrganisation(db, slug), `There is no organisation "${slug}".`);
  const [account] = await findAccountsByName(db, name, organisation.id);
  return found(account ?? null, `There is no account "${name}" in the organisation "${slug}".`);
}

type Act = (context: Context, accountId: string) => Promise<keyof typeof refusals | { done: string }>;

const acts: Readonly<Record<string, { does: string; act: Act }>> = {
  "new-password": {
    does: "Order a new password: the old one and the link to a certificate card end at once, a temporary one goes out.",
    act: async ({ features }, id) => {
      const result = await features.support.orderNewPassword(id, by);
      return result === "ordered" ? { done: "A temporary password is on its way to the person." } : result;
    },
  },
  close: {
    does: "Close an account: nobody can sign in to it until it is opened again.",
    act: async ({ features }, id) => {
      const result = await features.support.closeAccount(id, by);
      return result === "closed" ? { done: "The account is closed." } : result;
    },
  },
  thaw: {
    does: "Open an account that was frozen by the link of a notice, once it is certain who asks. One that was never activated is invited again afterwards.",
    act: async ({ features }, id) => {
      const result = await features.accounts.thaw(id, by);
      return result === "thawed"
        ? {
            done: "The account is open again, with the password and the methods that it had. Replace what somebody else may have.",
          }
        : result;
    },
  },
  reopen: {
    does: "Open an account that was closed.",
    act: async ({ features }, id) => {
      const result = await features.support.reopenAccount(id, by);
      return result === "reopened" ? { done: "The account is open again." } : result;
    },
  },
};

/** `vahva account …` */
export const addAccount: AddCommand = (parent, io, outcome) => {
  const account = makeCommand("account", "People's accounts: what they have, and help for those who are locked out.", [
    "vahva account show koivula aino@koivula.example",
    "vahva account new-password koivula aino@koivula.example",
  ]);
  parent.addCommand(account);
  const add = <F extends Flags>(
    command: Command,
    run: (context: Context, account: Account, flags: F) => Promise<number>,
  ) =>
    account.addCommand(
      command
        .option("--json", "print the account as JSON")
        .action(async (organisation: string, user: string, flags: F) => {
          outcome.code = await withContext(io, async (context) =>
            run(context, await find(context, organisation, user), flags),
          );
        }),
    );
  const named = (name: string, does: string, more = "") =>
    makeCommand(name, does, [`vahva account ${name} koivula aino@koivula.example${more}`])
      .argument("<organisation>", "the organisation's slug or id")
      .argument("<user>", "the person's user name or e-mail address");
  add(named("show", "Show an account: what is linked to it, never a secret."), (context, whose, flags) =>
    showAccount(context, io, whose, flags),
  );
  add(
    withChanges(
      named(
        "change",
        "Change what is on record of a person. The old e-mail address and phone number are told of it, and for 90 days of whatever changes afterwards.",
        ' --phone "+358 40 123 4567" --reason "New number, called back at the old one"',
      ),
    ),
    (context, whose, flags: ChangeFlags) => changeAccount(context, io, whose, flags),
  );
  for (const [name, { does, act }] of Object.entries(acts))
    add(named(name, does), async (context, whose, flags) => {
      const result = await act(context, whose.id);
      if (typeof result === "string")
        return refuse(io, [{ field: "", says: refusals[result] }], { asJson: flags.json });
      io.say(result.done);
      const now = await find(context, whose.organisationId, whose.email);
      return flags.json ? showAccount(context, io, now, flags) : 0;
    });
};
