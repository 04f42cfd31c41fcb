import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { StoredBroker } from "../features/authenticators/eid/index.ts";
import { localised } from "../kernel/language.ts";
import { PlainError } from "../kernel/plain-error.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json, leavesOf, refuse, table } from "./output.ts";
import { readSecret, readSettings, type SettingsFlags } from "./settings.ts";
import { collectPair, collectText, toLocalised, toNumber } from "./texts.ts";

const by = { actor: "operator" } as const;

type Flags = SettingsFlags & {
  profile?: string;
  clientId?: string;
  title?: Record<string, string>;
  position?: number;
  closed?: boolean;
  out?: string;
  json?: boolean;
};

const withSettings = (command: Command): Command =>
  command
    .option("--client-id <id>", "the client id that the broker gave")
    .option("--title <text>", "the name that people see; once per language as fi=…, sv=…, en=…", collectText)
    .option("--file <path>", "settings as JSON (- for stdin); flags win over it")
    .option("--settings <json>", "settings as JSON")
    .option("--setting-file <name=path>", "a setting whose value is what a file holds; repeatable", collectPair)
    .option("--secret-file <path>", "a file that holds the client secret, where the broker has one")
    .option("--json", "print the broker as JSON");

const toSettings = async (io: Io, flags: Flags) => ({
  ...(await readSettings(io, flags)),
  ...(flags.clientId !== undefined && { clientId: flags.clientId }),
});

const toTitle = (given: Record<string, string>) => toLocalised(given, ["fi", "sv", "en"]);

const missing = (name: string) => `There is no broker "${name}". "vahva eid list" shows those there are.`;

function show(io: Io, broker: StoredBroker, asJson: boolean | undefined): number {
  if (asJson) io.print(json(broker));
  else
    io.print(
      table([
        ["name", broker.name],
        ["profile", broker.profile],
        ["title", localised(broker.title, "en")],
        ["state", broker.state],
        ["position", String(broker.position)],
        ["secret", broker.hasSecret ? "kept sealed" : "none"],
        ...leavesOf(broker.settings, "settings"),
      ]),
    );
  return 0;
}

async function add({ features }: Context, io: Io, name: string, flags: Flags): Promise<number> {
  const secret = await readSecret(flags);
  const broker = {
    name,
    profile: flags.profile ?? "",
    title: toTitle(flags.title ?? { "": name }),
    settings: await toSettings(io, flags),
    ...(secret !== undefined && { secret }),
    ...(flags.closed && { state: "closed" as const }),
  };
  const result = await features.identityBrokers.add(broker, by);
  if ("problems" in result) return refuse(io, result.problems, { asJson: flags.json });
  io.say(`"vahva eid registration ${name}" tells what the broker needs to know of this service.`);
  return show(io, result.broker, flags.json);
}

async function set({ features }: Context, io: Io, name: string, flags: Flags): Promise<number> {
  const current = found(await features.identityBrokers.find(name), missing(name));
  const secret = await readSecret(flags);
  const change = {
    ...(flags.title && { title: { ...current.title, ...toTitle(flags.title) } }),
    settings: await toSettings(io, flags),
    ...(secret !== undefined && { secret }),
    ...(flags.position !== undefined && { position: flags.position }),
  };
  const result = await features.identityBrokers.change(name, change, by);
  const changed = found(result === "no-such-broker" ? null : result, missing(name));
  if ("problems" in changed) return refuse(io, changed.problems, { asJson: flags.json });
  return show(io, changed.broker, flags.json);
}

async function list({ features }: Context, io: Io, asJson: boolean | undefined): Promise<number> {
  const all = await features.identityBrokers.list();
  if (asJson) io.print(json(all));
  else if (all.length === 0) io.say('There is none yet. "vahva eid add" adds one.');
  else io.print(table(all.map(({ name, title, profile, state }) => [name, localised(title, "en"), profile, state])));
  return 0;
}

/** What to send to the broker; its documents go into the folder `out`. */
async function registration({ features, clock }: Context, io: Io, name: string, flags: Flags): Promise<number> {
  const result = await features.identityBrokers.connect(name);
  const broker = found(result === "no-such-broker" ? null : result, missing(name));
  if ("problems" in broker) return refuse(io, broker.problems, { asJson: flags.json });
  const { values, documents } = await broker.connection.registration(clock.now());
  if (flags.json) io.print(json({ values: Object.fromEntries(values), documents }));
  else io.print(table(values));
  const { out } = flags;
  if (out !== undefined) {
    await mkdir(out, { recursive: true }).catch(() => cantWrite(out));
    for (const document of documents) {
      const path = join(out, document.name);
      await writeFile(path, document.content).catch(() => cantWrite(path));
      io.say(`Written: ${path}`);
    }
  } else if (documents.length > 0 && !flags.json)
    io.say(`Documents: ${documents.map((document) => document.name).join(", ")}. "--out <folder>" writes them.`);
  return 0;
}

const cantWrite = (path: string): never => {
  throw new PlainError(`${path} can't be written.`);
};

/** `vahva eid …` */
export const addEid: AddCommand = (parent, io, outcome) => {
  const eid = makeCommand("eid", "Identification brokers, Suomi.fi and proofing services, which tell who people are.", [
    'vahva eid add telia --profile telia --client-id koivula --title "fi=Telia Tunnistus" --closed',
    "vahva eid registration telia --out to-telia",
    "vahva eid open telia",
  ]);
  parent.addCommand(eid);
  const run = (act: (context: Context) => Promise<number>) =>
    withContext(io, act).then((code) => {
      outcome.code = code;
    });
  const named = (name: string, description: string, examples: readonly string[]) =>
    makeCommand(name, description, examples).argument("<name>", "its name: part of the addresses it calls back");

  eid.addCommand(
    withSettings(
      named("add", "Add a broker; people are offered it at once, unless it is added closed.", [
        "vahva eid add telia --profile telia --client-id koivula --closed",
        "vahva eid add suomifi --profile suomifi --file suomifi.json --setting-file idpMetadata=idp-metadata.xml",
      ]),
    )
      .requiredOption("--profile <name>", "telia, op, signicat, idura, generic, oidc, suomifi or candour")
      .option("--closed", "offer it to nobody yet")
      .action((name: string, flags: Flags) => run((context) => add(context, io, name, flags))),
  );
  eid.addCommand(
    makeCommand("list", "List the brokers in the order in which people see them.", ["vahva eid list --json"])
      .option("--json", "print them as JSON")
      .action((flags: Flags) => run((context) => list(context, io, flags.json))),
  );
  eid.addCommand(
    named("show", "Show one broker, never its secret.", ["vahva eid show telia --json"])
      .option("--json", "print it as JSON")
      .action((name: string, flags: Flags) =>
        run(async ({ features }) =>
          show(io, found(await features.identityBrokers.find(name), missing(name)), flags.json),
        ),
      ),
  );
  eid.addCommand(
    withSettings(
      named("set", "Change a broker; settings are laid over the ones there are, null takes one away.", [
        `vahva eid set telia --settings '{"spName":"Koivula"}'`,
        "vahva eid set op --setting-file entityKey=op-entity-key.json",
      ]),
    )
      .option("--position <number>", "its place in the order; smaller ones come first", toNumber)
      .action((name: string, flags: Flags) => run((context) => set(context, io, name, flags))),
  );
  for (const [name, state, does] of [
    ["open", "open", "Offer a broker to people."],
    ["close", "closed", "Close a broker: from now on nobody is identified by it, on any node."],
  ] as const)
    eid.addCommand(
      named(name, does, [`vahva eid ${name} telia`])
        .option("--json", "print the broker as JSON")
        .action((broker: string, flags: Flags) =>
          run(async ({ features }) => {
            const result = await features.identityBrokers.setState(broker, state, by);
            const changed = found(result === "no-such-broker" ? null : result, missing(broker));
            return "problems" in changed ? refuse(io, changed.problems) : show(io, changed.broker, flags.json);
          }),
        ),
    );
  eid.addCommand(
    named("registration", "Print what the broker needs to know of this service, to send or to fill in.", [
      "vahva eid registration telia --out to-telia",
    ])
      .option("--out <folder>", "write the documents there")
      .option("--json", "print it all as JSON, the documents too")
      .action((name: string, flags: Flags) => run((context) => registration(context, io, name, flags))),
  );
};
