import type { Strength } from "../../kernel/strength.ts";
import type { Instant } from "../../kernel/time.ts";
import { minimumStrengthOf, permittedMethods } from "../organisations/index.ts";
import type { Facts } from "./domain/next-step.ts";
import { type MethodRule, purposeRules } from "./domain/rules.ts";
import type { Journey, Method } from "./method.ts";

/** What the pure decisions take into account of a journey, read from its rows just now. */
export function factsOf(journey: Journey, known: readonly Method[], now: Instant): Facts {
  const organisation = knownOrganisation(journey);
  const methods = known.filter(({ isOffered }) => isOffered?.(organisation) ?? true);
  const account = journey.accountId === null ? null : journey.account;
  const linked = account ? journey.authenticators.map(({ method }) => method) : [];
  const permitted = permittedHere(journey, account?.category ?? null);
  return {
    purpose: journey.purpose,
    now,
    expiresAt: journey.expiresAt,
    account: account && { state: account.state, linked },
    overtaken: journey.overtaken,
    methods,
    permitted,
    requiredStrength: requiredStrength(journey, methods, linked, permitted),
    hasMethod: known.some(
      ({ name, strength }) =>
        linked.includes(name) && (permitted?.includes(name) ?? true) && strength >= minimumOf(journey),
    ),
    beginsByPassword:
      journey.purpose === "sign-in" && permitted !== null && journey.organisation?.policy.password.way === "temporary",
    chosen: journey.method,
    toLink: journey.requested.link ?? null,
    proofs: journey.proofs,
    notBefore: journey.requested.notBefore ?? null,
  };
}

/** Where the journey began for one, or whose the account is: not of an account that an attempt would only claim. */
const knownOrganisation = ({ organisation, organisationId, accountId }: Journey): Journey["organisation"] =>
  organisationId === null && accountId === null ? null : organisation;

/** Of the account's category; before that is known, of any category of the organisation that the journey began for. */
function permittedHere(journey: Journey, category: keyof PolicyMethods | null): readonly string[] | null {
  const organisation = knownOrganisation(journey);
  if (!organisation) return null;
  if (category) return permittedMethods(organisation.policy, category);
  const categories = Object.keys(organisation.policy.methods) as (keyof PolicyMethods)[]; // the schema's own keys
  return [...new Set(categories.flatMap((each) => permittedMethods(organisation.policy, each)))];
}

type PolicyMethods = NonNullable<Journey["organisation"]>["policy"]["methods"];

/** Before the account is known, the organisation's; its category may want more, and is asked once it is. */
function minimumOf(journey: Journey): Strength {
  const { accountId, account } = journey;
  const organisation = knownOrganisation(journey);
  if (!organisation) return 1;
  return account && accountId !== null
    ? minimumStrengthOf(organisation.policy, account.category)
    : organisation.policy.minimumStrength;
}

/** What the policy demands, or more where the application asks, or where methods themselves are changed (USR-9). */
function requiredStrength(
  journey: Journey,
  methods: readonly MethodRule[],
  linked: readonly string[],
  permitted: readonly string[] | null,
): Strength {
  const demanded: Strength[] = [minimumOf(journey), journey.requested.strength ?? 1];
  const usable = methods.filter(
    ({ name }) => linked.includes(name) && (permitted === null || permitted.includes(name)),
  );
  if (purposeRules[journey.purpose].atStrongest) demanded.push(...usable.map(({ strength }) => strength));
  return demanded.sort().at(-1) ?? 1;
}
