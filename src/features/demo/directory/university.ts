import type { LocalisedText } from "../../../kernel/language.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { Actor } from "../../audit/index.ts";
import type { Identities } from "../../authenticators/eid/index.ts";
import type { Directories, DirectoryRegistry } from "../../directories/index.ts";
import { insertAuthenticator } from "../../journey/index.ts";
import {
  findAccountsByName,
  findOrganisation,
  makeCreateAccount,
  type makeCreateOrganisation,
  type Organisation,
  setAccountState,
} from "../../organisations/index.ts";
import { brokerName, demoPeople } from "../bank/index.ts";
import { proofingName } from "../proofing/index.ts";

/** The university, where a lost phone can be tried out. */
export const universitySlug = "revontuli";

/** Somebody who activated their account with the demo bank, and has lost their phone. */
export const recoverable = { personId: "mikael", email: "mikael.ohman@student.revontuli.example" } as const;

/** The university's other systems, in the order in which people see them. */
export const demoSystems: readonly Readonly<{ name: string; title: LocalisedText; issuesPass: boolean }>[] = [
  { name: "microsoft-365", title: { en: "Microsoft 365 (demo)" }, issuesPass: true },
  {
    name: "register",
    title: {
      fi: "Opintorekisteri ja kirjasto (demo)",
      sv: "Studieregister och bibliotek (demo)",
      en: "Study register and library (demo)",
    },
    issuesPass: false,
  },
];

type By = { actor: Actor };
const by: By = { actor: "operator" };

export type UniversityDeps = Readonly<{
  db: Db;
  clock: Clock;
  random: Random;
  publicUrl: string;
  createOrganisation: ReturnType<typeof makeCreateOrganisation>;
  identities: Pick<Identities, "bind">;
  directories: Pick<Directories, "tell"> & Readonly<{ registry: Pick<DirectoryRegistry, "list" | "add"> }>;
}>;

/** Makes what is not there yet: the university, its systems, and somebody who can recover. */
export async function prepareUniversity(deps: UniversityDeps): Promise<void> {
  const organisation = (await findOrganisation(deps.db, universitySlug)) ?? (await makeUniversity(deps));
  await ensureSystems(deps, organisation);
  await ensurePerson(deps, organisation);
}

const services = [brokerName, proofingName];
const methods = { permitted: ["eid", "passkey", "totp"], recommended: "totp" };

async function makeUniversity({ publicUrl, createOrganisation }: UniversityDeps): Promise<Organisation> {
  const hours = { fi: "Arkisin 8–16", sv: "Vardagar 8–16", en: "Weekdays 8–16" };
  const made = await createOrganisation(
    {
      slug: universitySlug,
      name: { fi: "Revontulen yliopisto", sv: "Norrskens universitet", en: "Revontuli University" },
      smsName: "Revontuli",
      languages: ["fi", "sv", "en"],
      brandColour: "#0a4ea2",
      home: {
        url: `${publicUrl}/account`,
        name: { fi: "Käyttäjäpalvelut", sv: "Användartjänster", en: "User services" },
      },
      authenticatorName: "Revontuli",
      support: [{ kind: "general", phone: "+358295550300", email: "help@revontuli.example", hours }],
      emailCategories: {
        "student.revontuli.example": "student",
        "external.revontuli.example": "external",
        "kaamos.example": "guest",
      },
      policy: {
        methods: { staff: methods, student: methods, external: methods },
        recovery: {
          services: { staff: services, student: services, external: services, guest: [] },
          homes: { "kaamos.example": { name: "Kaamos University of Applied Sciences", help: "help@kaamos.example" } },
        },
      },
    },
    by,
  );
  if ("problems" in made) throw new Error(`the demo's university was refused: ${made.problems[0]?.says}`);
  return made.organisation;
}

async function ensureSystems({ publicUrl, directories }: UniversityDeps, { id }: Organisation): Promise<void> {
  const known = new Set((await directories.registry.list(id)).map(({ name }) => name));
  for (const { name, title, issuesPass } of demoSystems)
    if (!known.has(name)) {
      const directory = {
        name,
        kind: "demo",
        title,
        categories: [],
        setUpUrl: `${publicUrl}/demo/directory`,
        settings: { issuesPass },
      };
      const made = await directories.registry.add(id, directory, by);
      if ("problems" in made) throw new Error(`the demo's system ${name} was refused`);
    }
}

/** Their account is as if it had been activated with the demo bank. */
async function ensurePerson(deps: UniversityDeps, organisation: Organisation): Promise<void> {
  const { db, clock, random, identities, directories } = deps;
  const { email, personId } = recoverable;
  if ((await findAccountsByName(db, email, organisation.id)).length > 0) return;
  const person = demoPeople.find(({ id }) => id === personId);
  if (!person) throw new Error("the demo bank does not know the demo's student");
  const createAccount = makeCreateAccount(deps);
  await db.transaction().execute(async (tx: Tx) => {
    const now = clock.now();
    const account = await createAccount(tx, {
      organisationId: organisation.id,
      givenName: person.givenNames,
      familyName: person.familyName,
      language: "en",
      email,
      phone: "+358401234568",
      category: "student",
    });
    if (typeof account === "string") throw new Error(`the demo's student was refused: ${account}`);
    const { identity } = person;
    const binding = { accountId: account.id, organisationId: organisation.id, identity };
    await identities.bind(tx, { ...binding, broker: brokerName, level: "substantial" }, now);
    const eid = { id: random.id(), method: "eid", name: null, linkedAt: now, lastUsedAt: null };
    await insertAuthenticator(tx, account.id, eid);
    await setAccountState(tx, account.id, { from: ["invited"], to: "active", now });
    await directories.tell(tx, account, "account", { id: null, at: now });
  });
}
