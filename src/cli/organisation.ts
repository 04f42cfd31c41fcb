import type { Command } from "commander";
import {
  findOrganisation,
  listOrganisations,
  type Organisation,
  type OrganisationResult,
} from "../features/organisations/index.ts";
import { localised } from "../kernel/language.ts";
import { type AddCommand, makeCommand, type Outcome } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import { type Io, parseJson, readBytes, readJson } from "./io.ts";
import { json, refuse, table } from "./output.ts";
import { explainPerson, showPolicy } from "./policy.ts";
import { collectPair, collectText, toLanguages, toLocalised } from "./texts.ts";

const actor = "operator";
const page = 200;

type Flags = {
  file?: string;
  name?: Record<string, string>;
  smsName?: string;
  languages?: string[];
  supportPhone?: string;
  supportEmail?: string;
  colour?: string;
  logo?: string;
  home?: string;
  homeName?: Record<string, string>;
  authenticatorName?: string;
  emailCategory?: Record<string, string>;
  policy?: string;
  json?: boolean;
};

const withSettings = (command: Command): Command =>
  command
    .option("--file <path>", "settings as JSON (- for stdin); flags win over it")
    .option("--name <text>", "its name; once per language as fi=…, sv=…, en=…", collectText)
    .option("--sms-name <text>", "how text messages begin: 30 characters of the GSM alphabet")
    .option("--languages <list>", "its languages, the default first: fi,sv,en", toLanguages)
    .option("--support-phone <number>", "where people call for help")
    .option("--support-email <address>", "where people write for help")
    .option("--colour <#rrggbb>", "the colour of its pages")
    .option("--logo <path>", "a PNG, or an SVG of plain shapes, of at most 50 KB")
    .option("--home <url>", "where people go once signed in")
    .option("--home-name <text>", "what that place is called; as --name", collectText)
    .option("--authenticator-name <text>", "the name that authenticator apps show")
    .option("--email-category <domain=category>", "the category that an e-mail domain tells; repeatable", collectPair)
    .option("--policy <json>", "policy as JSON, merged into the one there is: docs/reference/policy.md")
    .option("--json", "print the organisation as JSON");

/** The settings in the file and the flags, as the feature takes them. `current` fills what a flag changes only a part of. */
async function toInput(io: Io, flags: Flags, current: Organisation | null): Promise<Record<string, unknown>> {
  const file = flags.file === undefined ? {} : await readJson(io, flags.file);
  const languages = flags.languages ?? current?.languages ?? ["fi", "sv", "en"];
  const text = (given: Record<string, string>) => toLocalised(given, languages);
  const contacts = current?.support.filter(({ kind }) => kind !== "general") ?? [];
  const general = current?.support.find(({ kind }) => kind === "general");
  const { supportPhone: phone, supportEmail: email } = flags;
  const homeName = flags.homeName && text(flags.homeName);
  return {
    ...file,
    ...(flags.name && { name: { ...current?.name, ...text(flags.name) } }),
    ...(flags.smsName !== undefined && { smsName: flags.smsName }),
    ...(flags.languages && { languages: flags.languages }),
    ...((phone !== undefined || email !== undefined) && {
      support: [{ ...general, kind: "general", ...(phone && { phone }), ...(email && { email }) }, ...contacts],
    }),
    ...(flags.colour !== undefined && { brandColour: flags.colour }),
    ...(flags.logo !== undefined && { logo: { base64: (await readBytes(flags.logo)).toString("base64") } }),
    ...((flags.home !== undefined || homeName) && {
      home: {
        url: flags.home ?? current?.home?.url ?? "",
        name: homeName ?? current?.home?.name ?? text({ "": hostOf(flags.home) }),
      },
    }),
    ...(flags.authenticatorName !== undefined && { authenticatorName: flags.authenticatorName }),
    ...(flags.emailCategory && { emailCategories: { ...current?.emailCategories, ...flags.emailCategory } }),
    ...(flags.policy !== undefined && { policy: parseJson(flags.policy, "--policy") }),
  };
}

const hostOf = (url = ""): string => URL.parse(url)?.hostname || url;

function show(io: Io, organisation: Organisation, asJson: boolean | undefined): number {
  if (asJson) io.print(json(organisation));
  else
    io.print(
      table([
        ["slug", organisation.slug],
        ["name", localised(organisation.name, "en")],
        ["state", organisation.state],
        ["id", organisation.id],
        ["SMS name", organisation.smsName],
        ["languages", organisation.languages.join(", ")],
        ["home", organisation.home?.url ?? "none"],
        ["support", organisation.support.map(contactOf).join("; ") || "none"],
        [
          "categories",
          Object.entries(organisation.emailCategories)
            .map((rule) => rule.join("="))
            .join(", ") || "none",
        ],
        ["policy", `"vahva organisation policy ${organisation.slug}" shows it`],
      ]),
    );
  return 0;
}

/** Whom a contact is for, where that isn't everybody, and where to turn to. */
const contactOf = ({ kind, phone, email }: Organisation["support"][number]): string =>
  [kind !== "general" && `${kind}:`, phone, email].filter(Boolean).join(" ");

const missing = (slug: string) =>
  `There is no organisation "${slug}". "vahva organisation list" shows those there are.`;

function tell(io: Io, result: OrganisationResult | "no-such-organisation", slug: string, asJson: boolean | undefined) {
  const outcome = found(result === "no-such-organisation" ? null : result, missing(slug));
  return "problems" in outcome ? refuse(io, outcome.problems, { asJson }) : show(io, outcome.organisation, asJson);
}

async function list({ db }: Context, io: Io, asJson: boolean | undefined): Promise<number> {
  const all: Organisation[] = [];
  for (let more = await listOrganisations(db, { limit: page }); more.length > 0; ) {
    all.push(...more);
    more = await listOrganisations(db, { after: more.at(-1)?.slug ?? "", limit: page });
  }
  if (asJson) io.print(json(all));
  else if (all.length === 0) io.say('There is none yet. "vahva organisation create" makes one.');
  else io.print(table(all.map(({ slug, name, state }) => [slug, localised(name, "en"), state])));
  return 0;
}

/** `vahva organisation …` */
export const addOrganisation: AddCommand = (parent, io, outcome) => {
  const organisation = makeCommand("organisation", "Organisations: who they are and what they decide.", [
    'vahva organisation create koivula --name "fi=Koivula Oy" --name "sv=Koivula Ab"',
    "vahva organisation list --json",
    "vahva organisation set koivula --file koivula.json",
  ]);
  parent.addCommand(organisation);
  addChanges(organisation, io, outcome);
  addPolicy(organisation, io, outcome);
  organisation.addCommand(
    makeCommand("list", "List the organisations.", ["vahva organisation list"])
      .option("--json", "print them as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => list(context, io, flags.json));
      }),
  );
  organisation.addCommand(
    makeCommand("show", "Show one organisation.", ["vahva organisation show koivula --json"])
      .argument("<slug>", "its slug or id")
      .option("--json", "print it as JSON")
      .action(async (slug: string, flags: Flags) => {
        outcome.code = await withContext(io, async ({ db }) =>
          show(io, found(await findOrganisation(db, slug), missing(slug)), flags.json),
        );
      }),
  );
};

function addPolicy(organisation: Command, io: Io, outcome: Outcome) {
  organisation.addCommand(
    makeCommand("policy", "Show or set what an organisation decides, or explain it for a person.", [
      "vahva organisation policy koivula",
      'vahva organisation policy koivula --set \'{"methods":{"staff":{"permitted":["certificate","totp"]}}}\'',
      "vahva organisation policy koivula --explain aino@koivula.example",
    ])
      .argument("<slug>", "its slug or id")
      .option("--set <json>", "policy as JSON, merged into the one there is: docs/reference/policy.md")
      .option("--explain <user>", "which methods this person has, may use, and why not the others")
      .option("--json", "print it as JSON")
      .action(async (slug: string, flags: { set?: string; explain?: string; json?: boolean }) => {
        outcome.code = await withContext(io, async (context) => {
          const before = found(await findOrganisation(context.db, slug), missing(slug));
          const change = flags.set === undefined ? null : { policy: parseJson(flags.set, "--set") };
          const changed = change && (await context.features.organisations.changeOrganisation(slug, change, { actor }));
          if (changed && typeof changed === "object" && "problems" in changed)
            return refuse(io, changed.problems, { asJson: flags.json });
          const now = change ? found(await findOrganisation(context.db, slug), missing(slug)) : before;
          if (flags.explain === undefined) return showPolicy(io, now, flags.json);
          return explainPerson(context, io, now, { user: flags.explain, json: flags.json });
        });
      }),
  );
}

function addChanges(organisation: Command, io: Io, outcome: Outcome) {
  const create = makeCommand("create", "Create an organisation.", [
    'vahva organisation create koivula --name "Koivula Oy" --support-phone "+358 9 310 1691"',
  ]).argument("<slug>", "its short name in addresses: small letters, digits, hyphens");
  organisation.addCommand(
    withSettings(create).action(async (slug: string, flags: Flags) => {
      outcome.code = await withContext(io, async ({ features }) => {
        const input = { ...(await toInput(io, flags, null)), slug };
        return tell(io, await features.organisations.createOrganisation(input, { actor }), slug, flags.json);
      });
    }),
  );
  const set = makeCommand("set", "Change an organisation; it holds from the next step of every sign-in.", [
    "vahva organisation set koivula --logo koivula.svg --colour '#0a5c36'",
    'vahva organisation set koivula --policy \'{"password":{"minimumLength":16}}\'',
  ]).argument("<slug>", "its slug or id");
  organisation.addCommand(
    withSettings(set).action(async (slug: string, flags: Flags) => {
      outcome.code = await withContext(io, async ({ db, features }) => {
        const current = found(await findOrganisation(db, slug), missing(slug));
        const input = await toInput(io, flags, current);
        return tell(io, await features.organisations.changeOrganisation(slug, input, { actor }), slug, flags.json);
      });
    }),
  );
  for (const [name, state, does] of [
    ["close", "closed", "Close an organisation: nobody of it can sign in until it is opened."],
    ["open", "open", "Open an organisation that was closed."],
  ] as const)
    organisation.addCommand(
      makeCommand(name, does, [`vahva organisation ${name} koivula`])
        .argument("<slug>", "its slug or id")
        .action(async (slug: string) => {
          outcome.code = await withContext(io, async ({ features }) =>
            tell(io, await features.organisations.changeOrganisation(slug, { state }, { actor }), slug, false),
          );
        }),
    );
}
