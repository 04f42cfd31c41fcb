import { localised } from "../../kernel/language.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Actor, Audit } from "../audit/index.ts";
import type { Organisation } from "./domain/organisation.ts";
import { type Problem, problem } from "./domain/problem.ts";
import { parseNewSettings, parsePolicy } from "./domain/settings.ts";
import { deriveSmsName } from "./domain/sms-name.ts";
import { insertOrganisation, logoHash } from "./store.ts";

export type OrganisationDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  audit: Audit;
  /** The names of the methods that this service has. */
  methods: readonly string[];
  /** ISO 3166-1 codes; a support number without a country code belongs to the first. */
  countries: readonly string[];
};

export type OrganisationResult = { organisation: Organisation } | { problems: readonly Problem[] };

export const slugTaken = problem("slug", "taken", "Another organisation has this slug.");

/**
 * Creates an organisation from `input`: `{ slug, name, … }` as in `domain/settings.ts`. What is left out gets a default:
 * all languages, a text message name and an authenticator name made from its name, the default policy.
 */
export const makeCreateOrganisation =
  (deps: OrganisationDeps) =>
  async (input: unknown, { actor }: { actor: Actor }): Promise<OrganisationResult> => {
    const given = parseNewSettings(input, deps);
    if ("problems" in given) return given;
    const { settings } = given;
    const chosen = parsePolicy(settings.policy ?? {}, deps);
    if ("problems" in chosen) return chosen;
    const languages = settings.languages ?? ["fi", "sv", "en"];
    const name = localised(settings.name, languages[0] ?? "en");
    const organisation: Organisation = {
      id: deps.random.id(),
      slug: settings.slug,
      name: settings.name,
      smsName: settings.smsName ?? (deriveSmsName(name) || settings.slug.slice(0, 30)),
      languages,
      support: settings.support ?? [],
      brandColour: settings.brandColour ?? null,
      logoHash: settings.logo ? logoHash(settings.logo) : null,
      home: settings.home ?? null,
      authenticatorName: settings.authenticatorName ?? name.replaceAll(":", " ").slice(0, 60),
      emailCategories: settings.emailCategories ?? {},
      policy: chosen.policy,
      state: settings.state ?? "open",
    };
    return deps.db.transaction().execute(async (tx) => {
      if (!(await insertOrganisation(tx, organisation, settings.logo ?? null, deps.clock.now())))
        return { problems: [slugTaken] };
      await deps.audit.record(tx, [
        {
          type: "organisation.created",
          result: "done",
          actor,
          organisationId: organisation.id,
          detail: { slug: organisation.slug },
        },
      ]);
      return { organisation };
    });
  };
