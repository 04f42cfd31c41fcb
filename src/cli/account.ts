import { loadPasswordChange, loadTemporary } from "../features/authenticators/password/index.ts";
import { listAuthenticators } from "../features/journey/index.ts";
import { type Account, findAccountsByName, findOrganisation } from "../features/organisations/index.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json, refuse, table } from "./output.ts";

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

async function show({ db, clock }: Context, io: Io, account: Account, flags: Flags): Promise<number> {
  const [authenticators, passwordChangedAt, temporary] = await Promise.all([
    listAuthenticators(db, account.id),
    loadPasswordChange(db, account.id),
    loadTemporary(db, account.id),
  ]);
  const usable = temporary && temporary.expiresAt > clock.now() ? temporary : null;
  const { personId: _person, epoch: _epoch, ...rest } = account;
  const methods = authenticators.map(({ method, linkedAt, lastUsedAt }) => ({ method, linkedAt, lastUsedAt }));
  if (flags.json) {
    io.print(json({ ...rest, methods, passwordChangedAt, temporaryPasswordUntil: usable?.expiresAt ?? null }));
    return 0;
  }
  const linked = methods.map(({ method, linkedAt }) => `${method} (${linkedAt.toISOString()})`);
  io.print(
    table([
      ["name", `${account.givenName} ${account.familyName}`],
      ["user name", account.userName],
      ["e-mail", account.email],
      ["phone", account.phone ?? "none"],
      ["category", account.category],
      ["state", account.state],
      ["linked", linked.join(", ") || "nothing"],
      ["temporary password", usable ? `until ${usable.expiresAt.toISOString()}` : "none"],
      ["id", account.id],
    ]),
  );
  return 0;
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
  const add = (
    name: string,
    does: string,
    run: (context: Context, account: Account, flags: Flags) => Promise<number>,
  ) =>
    account.addCommand(
      makeCommand(name, does, [`vahva account ${name} koivula aino@koivula.example`])
        .argument("<organisation>", "the organisation's slug or id")
        .argument("<user>", "the person's user name or e-mail address")
        .option("--json", "print the account as JSON")
        .action(async (organisation: string, user: string, flags: Flags) => {
          outcome.code = await withContext(io, async (context) =>
            run(context, await find(context, organisation, user), flags),
          );
        }),
    );
  add("show", "Show an account: what is linked to it, never a secret.", (context, whose, flags) =>
    show(context, io, whose, flags),
  );
  for (const [name, { does, act }] of Object.entries(acts))
    add(name, does, async (context, whose, flags) => {
      const result = await act(context, whose.id);
      if (typeof result === "string")
        return refuse(io, [{ field: "", says: refusals[result] }], { asJson: flags.json });
      io.say(result.done);
      const now = await find(context, whose.organisationId, whose.email);
      return flags.json ? show(context, io, now, flags) : 0;
    });
};
