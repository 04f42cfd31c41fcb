import type { Given } from "../features/activation/index.ts";
import { findOrganisation } from "../features/organisations/index.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json, refuse } from "./output.ts";

type Flags = Given & { organisation?: string; sendAgain?: string; revoke?: string; showLink?: boolean; json?: boolean };

const actor = "operator";

const refusals = {
  "no-such-invitation": "There is no such invitation.",
  "already-activated": "The account has been activated already.",
  revoked: "The invitation was revoked. Invite the person anew.",
  "already-revoked": "The invitation was revoked already.",
  "account-frozen": "The account is frozen. Thaw it first.",
  "organisation-closed": "The organisation is closed.",
  "no-phone": "There is no mobile number on record, and a temporary password goes out by text message only.",
} as const;

const isId = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

async function run(context: Context, io: Io, flags: Flags): Promise<number> {
  const { inviting } = context.features;
  const asJson = flags.json;
  const id = flags.revoke ?? flags.sendAgain;
  if (id !== undefined && !isId(id))
    return refuse(io, [{ field: "", says: refusals["no-such-invitation"] }], { asJson });
  if (flags.revoke !== undefined) {
    const result = await inviting.revoke(flags.revoke, { actor });
    if (result !== "revoked") return refuse(io, [{ field: "", says: refusals[result] }], { asJson });
    io.say("The invitation is revoked.");
    return 0;
  }
  const result =
    flags.sendAgain === undefined ? await invite(context, flags) : await inviting.sendAgain(flags.sendAgain, { actor });
  if (typeof result === "string") return refuse(io, [{ field: "", says: refusals[result] }], { asJson });
  if ("problems" in result) return refuse(io, result.problems, { asJson });
  // Whoever has the link and the phone could activate the account: in production it goes to the person alone.
  const url = flags.showLink || context.config.demo ? (result.url ?? undefined) : undefined;
  const { invitationId, accountId } = result;
  if (asJson) io.print(json({ invitationId, accountId, url }));
  else {
    io.say("The invitation is on its way.");
    io.print(`invitation  ${invitationId}${url ? `\nlink        ${url}` : ""}`);
  }
  return 0;
}

async function invite({ db, features }: Context, { organisation: slug, ...flags }: Flags) {
  const says = slug ? `There is no organisation "${slug}".` : "Say which organisation: --organisation <slug>.";
  const organisation = found(slug ? await findOrganisation(db, slug) : null, says);
  return features.inviting.invite(organisation, flags, { actor });
}

/** `vahva invite …` */
export const addInvite: AddCommand = (parent, io, outcome) => {
  parent.addCommand(
    makeCommand(
      "invite",
      "Invite a person: a link (or the user name) by e-mail, a PIN (or a temporary password) by text message.",
      [
        "vahva invite --organisation koivula --given-name Aino --family-name Virta \\\n      --email aino@koivula.example --phone '+358 40 123 4567'",
        "vahva invite --send-again 0c9e1d5a-0000-4000-8000-000000000000",
      ],
    )
      .option("--organisation <slug>", "who invites")
      .option("--given-name <name>", "the person's given name")
      .option("--family-name <name>", "the person's family name")
      .option("--email <address>", "where the link goes")
      .option("--phone <number>", "the mobile number where the PIN goes")
      .option("--category <name>", "staff, student, external or guest; else what the e-mail domain tells")
      .option("--language <fi|sv|en>", "the person's language; else the organisation's first")
      .option("--user-name <name>", "the user name; else the e-mail address")
      .option("--roles <list>", "roles, separated by commas")
      .option("--home <url>", "where the person goes once signed in; else the organisation's home")
      .option("--identity-code <code>", "the personal identity code that the activating person has to have")
      .option("--send-again <invitation>", "send an invitation again instead: what goes out replaces what went before")
      .option("--revoke <invitation>", "take an invitation back instead")
      .option("--show-link", "print the activation link (in demo mode it always is)")
      .option("--json", "print the result as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => run(context, io, flags));
      }),
  );
};
