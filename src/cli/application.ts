import type { Command } from "commander";
import type { ApplicationRegistry } from "../features/applications/index.ts";
import { findOrganisation } from "../features/organisations/index.ts";
import { localised } from "../kernel/language.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import { type Io, parseJson, readJson } from "./io.ts";
import { json, refuse, table } from "./output.ts";
import { collect, collectText, toLocalised } from "./texts.ts";

const by = { actor: "operator" } as const;
const page = 200;

type Flags = {
  file?: string;
  name?: Record<string, string>;
  redirectUri?: string[];
  postLogoutRedirectUri?: string[];
  type?: string;
  authentication?: string;
  scopes?: string;
  homeUrl?: string;
  settings?: string;
  organisation?: string;
  clientId?: string;
  json?: boolean;
};

const withSettings = (command: Command): Command =>
  command
    .option("--file <path>", "settings as JSON (- for stdin); flags win over it")
    .option("--name <text>", "its name; once per language as fi=…, sv=…, en=…", collectText)
    .option("--redirect-uri <url>", "where people come back to, exactly; repeatable", collect)
    .option("--post-logout-redirect-uri <url>", "where people come back to after signing out; repeatable", collect)
    .option("--type <type>", "web, native or spa")
    .option("--authentication <method>", "client_secret_basic, client_secret_post, private_key_jwt or none")
    .option("--scopes <list>", "scopes, separated by commas; personal_identity_code for entitled ones only")
    .option("--home-url <url>", "where a sign-in that can't go on leads")
    .option("--settings <json>", "any other settings as JSON")
    .option("--json", "print the result as JSON");

async function toSettings(io: Io, flags: Flags): Promise<Record<string, unknown>> {
  return {
    ...(flags.file === undefined ? {} : await readJson(io, flags.file)),
    ...(flags.settings === undefined ? {} : parseJson(flags.settings, "--settings")),
    ...(flags.name && { name: toLocalised(flags.name, ["fi", "sv", "en"]) }),
    ...(flags.redirectUri && { redirectUris: flags.redirectUri }),
    ...(flags.postLogoutRedirectUri && { postLogoutRedirectUris: flags.postLogoutRedirectUri }),
    ...(flags.type !== undefined && { type: flags.type }),
    ...(flags.authentication !== undefined && { authentication: flags.authentication }),
    ...(flags.scopes !== undefined && { scopes: flags.scopes.split(/[\s,]+/).filter(Boolean) }),
    ...(flags.homeUrl !== undefined && { homeUrl: flags.homeUrl }),
  };
}

const missing = (clientId: string) => `There is no application "${clientId}".`;

async function add({ db, features }: Context, io: Io, flags: Flags): Promise<number> {
  const slug = flags.organisation;
  const organisation =
    slug === undefined ? null : found(await findOrganisation(db, slug), `There is no organisation "${slug}".`);
  const result = await features.applications.register(
    {
      organisationId: organisation?.id ?? null,
      ...(flags.clientId !== undefined && { clientId: flags.clientId }),
      settings: await toSettings(io, flags),
    },
    by,
  );
  if ("problems" in result) return refuse(io, result.problems, { asJson: flags.json });
  if (flags.json) io.print(json(result));
  else io.print(table([["client id", result.clientId], ...(result.secret ? [["secret", result.secret]] : [])]));
  if (result.secret) io.say("The secret is shown this once. Keep it where the application reads its secrets.");
  return 0;
}

async function list(applications: ApplicationRegistry, io: Io, asJson: boolean | undefined): Promise<number> {
  const all = [];
  for (let more = await applications.list({ limit: page }); more.length > 0; ) {
    all.push(...more);
    more = await applications.list({ after: more.at(-1)?.clientId ?? "", limit: page });
  }
  if (asJson) io.print(json(all));
  else if (all.length === 0) io.say('There is none yet. "vahva application add" registers one.');
  else
    io.print(
      table(all.map((one) => [one.clientId, localised(one.name, "en"), one.type, one.open ? "open" : "closed"])),
    );
  return 0;
}

async function set(applications: ApplicationRegistry, io: Io, clientId: string, flags: Flags): Promise<number> {
  const { settings } = found(await applications.find(clientId), missing(clientId));
  const result = await applications.change(clientId, { ...settings, ...(await toSettings(io, flags)) }, by);
  const changed = found(result === "no-such-application" ? null : result, missing(clientId));
  if (changed !== "changed") return refuse(io, changed.problems, { asJson: flags.json });
  return show(applications, io, clientId);
}

async function show(applications: ApplicationRegistry, io: Io, clientId: string): Promise<number> {
  io.print(json(found(await applications.find(clientId), missing(clientId))));
  return 0;
}

async function secret(
  applications: ApplicationRegistry,
  io: Io,
  clientId: string,
  asJson: boolean | undefined,
): Promise<number> {
  const result = await applications.newSecret(clientId, by);
  if (result === "no-secret")
    return refuse(io, [{ field: "", says: "This application proves itself without a secret." }], { asJson });
  const made = found(result === "no-such-application" ? null : result, missing(clientId));
  io.print(asJson ? json(made) : made.secret);
  io.say("The old secret has ended. This one is shown this once.");
  return 0;
}

async function close(applications: ApplicationRegistry, io: Io, clientId: string): Promise<number> {
  const result = await applications.close(clientId, by);
  found(result === "no-such-application" ? null : result, missing(clientId));
  io.say("The application is closed.");
  return 0;
}

/** `vahva application …` */
export const addApplication: AddCommand = (parent, io, outcome) => {
  const application = makeCommand("application", "Applications that people sign in to, by OpenID Connect.", [
    "vahva application add --name Intranet --redirect-uri https://intra.example/callback",
    "vahva application list",
  ]);
  parent.addCommand(application);
  const run = (act: (context: Context) => Promise<number>) =>
    withContext(io, act).then((code) => {
      outcome.code = code;
    });
  const named = (name: string, description: string, examples: readonly string[]) =>
    makeCommand(name, description, examples).argument("<client-id>", "its client id");

  application.addCommand(
    withSettings(
      makeCommand("add", "Register an application; its secret is shown once.", [
        'vahva application add --name "fi=Intra" --redirect-uri https://intra.example/callback',
      ]),
    )
      .option("--organisation <slug>", "only this organisation's people; else everybody's")
      .option("--client-id <id>", "a client id of one's own choice")
      .action((flags: Flags) => run((context) => add(context, io, flags))),
  );
  application.addCommand(
    makeCommand("list", "List the applications.", ["vahva application list --json"])
      .option("--json", "print them as JSON")
      .action((flags: Flags) => run(({ features }) => list(features.applications, io, flags.json))),
  );
  application.addCommand(
    named("show", "Show one application's settings as JSON, never its secret.", ["vahva application show intra"])
      .option("--json", "the same; it is always JSON")
      .action((id: string) => run(({ features }) => show(features.applications, io, id))),
  );
  application.addCommand(
    withSettings(
      named("set", "Change an application's settings.", [
        "vahva application set intra --redirect-uri https://intra.example/callback",
      ]),
    ).action((id: string, flags: Flags) => run(({ features }) => set(features.applications, io, id, flags))),
  );
  application.addCommand(
    named("secret", "Make a new secret; the old one ends at once.", ["vahva application secret intra"])
      .option("--json", "print it as JSON")
      .action((id: string, flags: Flags) => run(({ features }) => secret(features.applications, io, id, flags.json))),
  );
  application.addCommand(
    named("close", "Close an application: nobody can sign in to it.", ["vahva application close intra"]).action(
      (id: string) => run(({ features }) => close(features.applications, io, id)),
    ),
  );
};
