import { isDeepStrictEqual } from "node:util";
import type { LocalisedText } from "../../kernel/language.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { InboxMessage } from "../../ports/inbox-message.ts";
import type { makeInvite } from "../activation/index.ts";
import type { ApplicationSettings, Registration, SettingsProblems } from "../applications/index.ts";
import type { Actor } from "../audit/index.ts";
import {
  findAccountsByName,
  findOrganisation,
  type makeChangeOrganisation,
  type makeCreateOrganisation,
  type Organisation,
} from "../organisations/index.ts";
import { bankRegistration, brokerName } from "./bank/index.ts";
import { prepareUniversity, type UniversityDeps } from "./directory/university.ts";
import { proofingName, proofingRegistration } from "./proofing/index.ts";

/** How the demo's organisation and application are known. */
export const demoSlug = "havula";
export const demoClientId = "demo";

type By = { actor: Actor };
const by: By = { actor: "operator" };

export type PrepareDeps = UniversityDeps & {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  publicUrl: string;
  inbox: { list(limit: number): Promise<readonly InboxMessage[]> };
  createOrganisation: ReturnType<typeof makeCreateOrganisation>;
  changeOrganisation: ReturnType<typeof makeChangeOrganisation>;
  invite: ReturnType<typeof makeInvite>;
  applications: {
    find(clientId: string): Promise<{ settings: ApplicationSettings } | null>;
    register(registration: Registration, by: By): Promise<{ clientId: string } | SettingsProblems>;
    change(clientId: string, settings: unknown, by: By): Promise<unknown>;
  };
  identityBrokers: {
    find(name: string): Promise<{ settings: Settings } | null>;
    add(broker: NewBroker, by: By): Promise<object | SettingsProblems>;
    change(name: string, change: { settings: Settings; secret?: string }, by: By): Promise<unknown>;
  };
};

type Settings = Readonly<Record<string, unknown>>;
type NewBroker = Readonly<{
  name: string;
  profile: string;
  title: LocalisedText;
  settings: Settings;
  secret?: string;
}>;

/** Where to look first. `invitation` is null once the first person has activated their account. */
export type DemoTour = { application: string; inbox: string; systems: string; invitation: string | null };

/** Makes what the demo needs and is not there yet: organisations, an application, brokers, a first invitation. */
export async function prepareDemo(deps: PrepareDeps): Promise<DemoTour> {
  const { publicUrl } = deps;
  const organisation = await ensureOrganisation(deps);
  await ensureApplication(deps, organisation);
  await ensureBroker(deps, { name: brokerName, ...(await bankRegistration(deps)) });
  await ensureBroker(deps, { name: proofingName, ...proofingRegistration(deps) });
  await prepareUniversity(deps);
  const invitation = await ensureInvitation(deps, organisation);
  return {
    application: `${publicUrl}/demo`,
    inbox: `${publicUrl}/demo/inbox`,
    systems: `${publicUrl}/demo/directory`,
    invitation,
  };
}

const application = { fi: "Havula Online", sv: "Havula Online", en: "Havula Online" };

const methods = { staff: { permitted: ["eid", "passkey", "totp"], recommended: "eid" } };

/** What earlier versions made. */
const madeBefore = [
  { permitted: ["totp"], recommended: "totp" },
  { permitted: ["eid", "totp"], recommended: "eid" },
];

const homeAt = (publicUrl: string) => ({ url: `${publicUrl}/demo/sign-in`, name: application });

async function ensureOrganisation({ db, publicUrl, createOrganisation, changeOrganisation }: PrepareDeps) {
  const home = homeAt(publicUrl);
  const known = await findOrganisation(db, demoSlug);
  if (known) {
    // Started at another address than the last time.
    if (known.home?.url !== home.url) await changeOrganisation(demoSlug, { home }, by);
    // Made before there was a bank or were passkeys, and left as it was made.
    if (madeBefore.some((staff) => isDeepStrictEqual(known.policy.methods.staff, staff)))
      await changeOrganisation(demoSlug, { policy: { methods } }, by);
    return known;
  }
  const hours = { fi: "Arkisin 8–18", sv: "Vardagar 8–18", en: "Weekdays 8–18" };
  const made = await createOrganisation(
    {
      slug: demoSlug,
      name: { fi: "Havula Energia", sv: "Havula Energi", en: "Havula Energia" },
      smsName: "Havula Energia",
      languages: ["fi", "sv", "en"],
      brandColour: "#17624f",
      home,
      authenticatorName: "Havula Energia",
      support: [
        { kind: "general", phone: "+358105550100", email: "tuki@havula.example", hours },
        { kind: "password", phone: "+358105550112", hours },
      ],
      policy: { methods },
    },
    by,
  );
  if ("problems" in made) throw new Error(`the demo's organisation was refused: ${made.problems[0]?.says}`);
  return made.organisation;
}

async function ensureApplication({ publicUrl, applications }: PrepareDeps, organisation: Organisation) {
  const settings = {
    name: application,
    type: "spa",
    authentication: "none",
    redirectUris: [`${publicUrl}/demo/callback`],
    postLogoutRedirectUris: [`${publicUrl}/demo`],
    backchannelLogoutUri: `${publicUrl}/demo/backchannel`,
    homeUrl: `${publicUrl}/demo`,
    scopes: ["openid", "profile", "email", "phone", "organisation"],
  };
  const known = await applications.find(demoClientId);
  if (known) {
    if (known.settings.homeUrl !== settings.homeUrl) await applications.change(demoClientId, settings, by);
    return;
  }
  const made = await applications.register({ organisationId: organisation.id, clientId: demoClientId, settings }, by);
  if ("problems" in made) throw new Error(`the demo's application was refused: ${made.problems[0]?.says}`);
}

/** Brokers are told apart by their settings: another address or a new key is written down here. */
async function ensureBroker({ identityBrokers }: PrepareDeps, broker: NewBroker): Promise<void> {
  const { name, settings, secret } = broker;
  const change = { settings, ...(secret !== undefined && { secret }) };
  const known = await identityBrokers.find(name);
  if (known) {
    if (!isDeepStrictEqual(known.settings, settings)) await identityBrokers.change(name, change, by);
    return;
  }
  const made = await identityBrokers.add(broker, by);
  if ("problems" in made) throw new Error(`the broker ${name} was refused: ${made.problems[0]?.says}`);
}

const first = {
  givenName: "Aino",
  familyName: "Virtanen",
  email: "aino.virtanen@example.fi",
  phone: "+358401234567",
  language: "en",
} as const;

async function ensureInvitation(
  { db, publicUrl, inbox, invite }: PrepareDeps,
  organisation: Organisation,
): Promise<string | null> {
  const [known] = await findAccountsByName(db, first.email, organisation.id);
  if (!known) {
    const invited = await invite(organisation, first, by);
    return "problems" in invited ? null : invited.url;
  }
  if (known.state !== "invited" && known.state !== "activating") return null;
  // The link is stored nowhere, only its hash; but the demo keeps the e-mail.
  const letters = (await inbox.list(500)).filter(({ channel, to }) => channel === "email" && to === first.email);
  const token = letters.map(({ text }) => /\/activate\/([\w-]{43})/.exec(text)?.[1]).find(Boolean);
  return token ? `${publicUrl}/activate/${token}` : null;
}
