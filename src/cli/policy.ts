import { explainMethods, listAuthenticators, type MethodVerdict } from "../features/journey/index.ts";
import {
  type Account,
  findAccountsByName,
  minimumStrengthOf,
  type Organisation,
  permittedMethods,
} from "../features/organisations/index.ts";
import { methodRules } from "../methods.ts";
import { type Context, found } from "./context.ts";
import type { Io } from "./io.ts";
import { json, leavesOf, table } from "./output.ts";

const why: Readonly<Record<MethodVerdict, (about: { account: Account; required: number }) => string>> = {
  usable: () => "can be used",
  "account-shut": ({ account }) => `no: the account is ${account.state}`,
  "not-permitted": ({ account }) => `no: the policy does not permit it to ${account.category}`,
  "switched-off": () => 'no: nothing that it needs is open here ("vahva eid list")',
  "too-weak": ({ required }) => `no: the policy demands strength ${required}`,
  "not-linked": () => "not yet: it is permitted, and not linked",
};

/** Prints an organisation's policy, whole: what is not set shows as what holds. */
export function showPolicy(io: Io, { policy }: Organisation, asJson: boolean | undefined): number {
  if (asJson) io.print(json(policy));
  else io.print(table(leavesOf(policy)));
  return 0;
}

/** Prints which methods a named person has and may use, and why not the others (POL-1). */
export async function explainPerson(
  context: Context,
  io: Io,
  organisation: Organisation,
  { user, json: asJson }: { user: string; json?: boolean | undefined },
): Promise<number> {
  const { db, features } = context;
  const [match] = await findAccountsByName(db, user, organisation.id);
  const account = found(match ?? null, `There is no account "${user}" in the organisation "${organisation.slug}".`);
  const [linked, brokers] = await Promise.all([listAuthenticators(db, account.id), features.identityBrokers.list()]);
  const named = organisation.policy.eid.brokers;
  const hasBroker = brokers.some(({ name, state }) => state === "open" && (!named || named.includes(name)));
  const required = minimumStrengthOf(organisation.policy, account.category);
  const methods = explainMethods({
    methods: methodRules,
    state: account.state,
    permitted: permittedMethods(organisation.policy, account.category),
    linked: linked.map(({ method }) => method),
    requiredStrength: required,
    isOffered: (method) => (method === "eid" ? hasBroker : method !== "certificate" || context.config.cards !== null),
  });
  if (asJson) io.print(json({ account: account.id, category: account.category, state: account.state, methods }));
  else {
    io.print(`${account.givenName} ${account.familyName}, ${account.category}, ${account.state}`);
    io.print(
      table(
        methods.map(({ method, linked, recommended, verdict }) => [
          method,
          `${linked ? "linked" : "not linked"}${recommended ? ", recommended" : ""}`,
          why[verdict]({ account, required }),
        ]),
      ),
    );
  }
  return 0;
}
