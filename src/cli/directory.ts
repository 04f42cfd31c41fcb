import type { Command } from "commander";
import type { StoredDirectory } from "../features/directories/index.ts";
import type { Organisation } from "../features/organisations/index.ts";
import { localised } from "../kernel/language.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, organisationOf, slugsOf, withContext } from "./context.ts";
import { addJobs } from "./directory-jobs.ts";
import { addSync } from "./directory-sync.ts";
import type { Io } from "./io.ts";
import { json, leavesOf, refuse, table } from "./output.ts";
import { readSecret, readSettings, type SettingsFlags } from "./settings.ts";
import { collectPair, collectText, toLocalised, toNumber } from "./texts.ts";

const by = { actor: "operator" } as const;

type Flags = SettingsFlags & {
  kind?: string;
  title?: Record<string, string>;
  categories?: string;
  setUpUrl?: string;
  position?: number;
  closed?: boolean;
  organisation?: string;
  json?: boolean;
};

const withSettings = (command: Command): Command =>
  command
    .option("--title <text>", "the name that people see; once per language as fi=…, sv=…, en=…", collectText)
    .option("--categories <list>", "whose accounts are in it, separated by commas; all for everybody's")
    .option("--set-up-url <url>", "where people link anew there; none for nowhere")
    .option("--file <path>", "settings as JSON (- for stdin)")
    .option("--settings <json>", "settings as JSON")
    .option("--setting-file <name=path>", "a setting whose value is what a file holds; repeatable", collectPair)
    .option("--secret-file <path>", "a file that holds its secret: a private key, a token or a password")
    .option("--json", "print the directory as JSON");

const toTitle = (given: Record<string, string>) => toLocalised(given, ["fi", "sv", "en"]);

/** What the flags say of how people see it, as far as they say anything. */
const toShown = ({ title, categories, setUpUrl }: Flags) => ({
  ...(title && { title: toTitle(title) }),
  ...(categories !== undefined && {
    categories: categories === "all" ? [] : categories.split(/[\s,]+/).filter(Boolean),
  }),
  ...(setUpUrl !== undefined && { setUpUrl: setUpUrl === "none" ? null : setUpUrl }),
});

const missing = (organisation: Organisation, name: string) =>
  `There is no directory "${name}" of ${organisation.slug}. "vahva directory list" shows those there are.`;

function show(io: Io, directory: StoredDirectory, asJson: boolean | undefined): number {
  if (asJson) io.print(json(directory));
  else
    io.print(
      table([
        ["name", directory.name],
        ["kind", directory.kind],
        ["title", localised(directory.title, "en")],
        ["categories", directory.categories.join(", ") || "all"],
        ["set-up page", directory.setUpUrl ?? "none"],
        ["state", stateWords(directory)],
        ["position", String(directory.position)],
        ["secret", directory.hasSecret ? "kept sealed" : "none"],
        ...leavesOf(directory.settings, "settings"),
      ]),
    );
  return 0;
}

const stateWords = ({ state, closedAt }: StoredDirectory): string => {
  if (state === "open") return "open";
  return closedAt ? `closed since ${closedAt.toISOString()}; what it has to be told waits` : "closed, and never opened";
};

type Act = (context: Context, io: Io, organisation: Organisation, name: string, flags: Flags) => Promise<number>;

const add: Act = async ({ features }, io, { id, slug }, name, flags) => {
  const secret = await readSecret(flags);
  const directory = {
    name,
    kind: flags.kind ?? "",
    title: toTitle({ "": name }),
    ...toShown(flags),
    settings: await readSettings(io, flags),
    ...(secret !== undefined && { secret }),
    ...(flags.closed && { state: "closed" as const }),
  };
  const result = await features.directories.registry.add(id, directory, by);
  if ("problems" in result) return refuse(io, result.problems, { asJson: flags.json });
  io.say(`"vahva directory check ${slug} ${name}" asks it whether it would do what it is told.`);
  return show(io, result.directory, flags.json);
};

const set: Act = async ({ features }, io, organisation, name, flags) => {
  const { registry } = features.directories;
  const current = found(await registry.find(organisation.id, name), missing(organisation, name));
  const secret = await readSecret(flags);
  const { title, ...shown } = toShown(flags);
  const change = {
    ...shown,
    ...(title && { title: { ...current.title, ...title } }),
    settings: await readSettings(io, flags),
    ...(secret !== undefined && { secret }),
    ...(flags.position !== undefined && { position: flags.position }),
  };
  const result = await registry.change(organisation.id, name, change, by);
  const changed = found(result === "no-such-directory" ? null : result, missing(organisation, name));
  if ("problems" in changed) return refuse(io, changed.problems, { asJson: flags.json });
  return show(io, changed.directory, flags.json);
};

const setState =
  (state: StoredDirectory["state"]): Act =>
  async ({ features }, io, organisation, name, flags) => {
    const result = await features.directories.registry.setState(organisation.id, name, state, by);
    const { directory, resumed } = found(result === "no-such-directory" ? null : result, missing(organisation, name));
    if (resumed > 0) io.say(`It is told now what waited for it: ${resumed}.`);
    if (state === "closed")
      io.say("What it has to be told waits until it is opened; people see on their page that it does.");
    return show(io, directory, flags.json);
  };

const remove: Act = async ({ features }, io, organisation, name) => {
  const result = await features.directories.registry.remove(organisation.id, name, by);
  const done = found(result === "no-such-directory" ? null : result, missing(organisation, name));
  if (done === "removed") return 0;
  const says = `The directory is open. "vahva directory close ${organisation.slug} ${name}" closes it first.`;
  return refuse(io, [{ field: "", says }]);
};

const showOne: Act = async ({ features }, io, organisation, name, flags) => {
  const directory = await features.directories.registry.find(organisation.id, name);
  return show(io, found(directory, missing(organisation, name)), flags.json);
};

const marks = { pass: "✔", advice: "•", fail: "✖" } as const;

const check: Act = async ({ features }, io, organisation, name, flags) => {
  const result = await features.directories.registry.check(organisation.id, name);
  const checks = found(result === "no-such-directory" ? null : result, missing(organisation, name));
  if ("problems" in checks) return refuse(io, checks.problems, { asJson: flags.json });
  if (flags.json) io.print(json(checks));
  else
    for (const { verdict, says, todo } of checks) io.print(`${marks[verdict]} ${says}${todo ? `\n    ${todo}` : ""}`);
  return checks.some(({ verdict }) => verdict === "fail") ? 1 : 0;
};

async function list(context: Context, io: Io, flags: Flags): Promise<number> {
  const { registry } = context.features.directories;
  const organisation = flags.organisation ? await organisationOf(context, flags.organisation) : null;
  const all = await registry.list(organisation?.id ?? null);
  if (flags.json) io.print(json(all));
  else if (all.length === 0) io.say('There is none yet. "vahva directory add" adds one.');
  else {
    const slugs = await slugsOf(
      context,
      all.map(({ organisationId }) => organisationId),
    );
    io.print(
      table(
        all.map(({ organisationId, name, title, kind, state }) => [
          slugs.get(organisationId) ?? organisationId,
          name,
          localised(title, "en"),
          kind,
          state,
        ]),
      ),
    );
  }
  return 0;
}

/** `vahva directory …` */
export const addDirectory: AddCommand = (parent, io, outcome) => {
  const directory = makeCommand(
    "directory",
    "Other systems that hold the same people's credentials, and are told of changes.",
    [
      "vahva directory add koivula entra --kind graph --file entra.json --secret-file key.pem --closed",
      "vahva directory check koivula entra",
      "vahva directory jobs --state failed",
    ],
  );
  parent.addCommand(directory);
  const run = (act: (context: Context) => Promise<number>) =>
    withContext(io, act).then((code) => {
      outcome.code = code;
    });
  const addNamed = (command: Command, act: Act): void => {
    directory.addCommand(
      command.action((slug: string, name: string, flags: Flags) =>
        run(async (context) => act(context, io, await organisationOf(context, slug), name, flags)),
      ),
    );
  };
  const named = (name: string, does: string, examples: readonly string[] = [`vahva directory ${name} koivula entra`]) =>
    makeCommand(name, does, examples)
      .argument("<organisation>", "the organisation's slug or id")
      .argument("<name>", "the directory's name");
  const asJson = (command: Command) => command.option("--json", "print it as JSON");

  addNamed(
    withSettings(
      named("add", "Add a directory; it is told what changes from now on, unless it is added closed. See also sync.", [
        'vahva directory add koivula entra --kind graph --file entra.json --secret-file key.pem --title "Microsoft 365"',
        "vahva directory add koivula library --kind scim --categories student --file scim.json --secret-file token --closed",
      ]),
    )
      .requiredOption("--kind <kind>", "graph, scim or ldap")
      .option("--closed", "tell it nothing yet"),
    add,
  );
  directory.addCommand(
    makeCommand("list", "List the directories in the order in which people see them.", [
      "vahva directory list --organisation koivula",
    ])
      .option("--organisation <slug>", "of one organisation only")
      .option("--json", "print them as JSON")
      .action((flags: Flags) => run((context) => list(context, io, flags))),
  );
  addNamed(asJson(named("show", "Show one directory, never its secret.")), showOne);
  addNamed(
    withSettings(
      named("set", "Change a directory; settings are laid over the ones there are, null takes one away.", [
        `vahva directory set koivula entra --settings '{"manageAccountState":true}'`,
        "vahva directory set koivula entra --secret-file new-key.pem",
      ]),
    ).option("--position <number>", "its place in the order; smaller ones come first", toNumber),
    set,
  );
  addNamed(
    asJson(
      named("open", "Open a directory: it is told what waits for it, and what changes from now on. See also sync."),
    ),
    setState("open"),
  );
  addNamed(
    asJson(named("close", "Close a directory for a while: what it has to be told waits until it is opened.")),
    setState("closed"),
  );
  addNamed(named("remove", "Remove a closed directory for good, with all that waits for it."), remove);
  addNamed(asJson(named("check", "Ask a directory whether it would do what it is told; changes nothing.")), check);
  addSync(directory, io, run);
  addJobs(directory, io, run);
};
