import { errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { type Instant, plus, seconds } from "../../kernel/time.ts";
import { isStrongEnough, lowestStrength, type Requirement } from "./domain/requirement.ts";
import { applicationOf, work } from "./unit-of-work.ts";

const { Check, Prompt, base } = interactionPolicy;
type Policy = ReturnType<typeof base>;

/** The `acr` values that must be met, by the `claims` parameter; null when the claim is not essential. */
function essentialAcrs({ oidc }: KoaContextWithOIDC): string[] | null {
  const asked: unknown = oidc.claims.id_token?.acr;
  if (typeof asked !== "object" || asked === null || !("essential" in asked) || asked.essential !== true) return null;
  const value = "value" in asked ? [asked.value] : [];
  const values = "values" in asked && Array.isArray(asked.values) ? asked.values : [];
  const given = [...value, ...values].filter((each) => typeof each === "string");
  return given.length > 0 ? given : null;
}

/** The strength asked for: an essential `acr` binds, `acr_values` that are not ours are passed over (Core §3.1.2.1). */
function requestedStrength(ctx: KoaContextWithOIDC): Requirement["strength"] {
  const essential = essentialAcrs(ctx);
  if (essential) {
    const strength = lowestStrength(essential);
    if (strength === null)
      throw new errors.UnmetAuthenticationRequirements("none of the requested acr values is known here");
    return strength;
  }
  const voluntary = ctx.oidc.params?.acr_values;
  return typeof voluntary === "string" ? lowestStrength(voluntary.split(" ")) : null;
}

/** What this authorization request asks of the sign-in (SIN-9). */
export function requirementOf(ctx: KoaContextWithOIDC, now: Instant): Requirement {
  const { params, prompts, client } = ctx.oidc;
  const asksAnew = prompts.has("login") || prompts.has("select_account");
  const maxAge = params?.max_age;
  return {
    strength: requestedStrength(ctx),
    notBefore: asksAnew ? now : maxAge === undefined ? null : plus(now, -seconds(Number(maxAge))),
    organisationId: applicationOf(client?.clientId).organisationId,
  };
}

/** Whether the journey is a step-up of the live session's own account, and not a new choice of who one is. */
export const isStepUp = (reasons: readonly string[]): boolean =>
  reasons.length > 0 && reasons.every((reason) => reason === "strength" || reason === "max_age");

/** The subject of the request's `id_token_hint`: verified when the request came in, and sealed since. */
function hintedSubject({ oidc }: KoaContextWithOIDC): unknown {
  const hint = oidc.params?.id_token_hint;
  if (typeof hint !== "string") return undefined;
  return JSON.parse(Buffer.from(hint.split(".")[1] ?? "", "base64url").toString()).sub;
}

/** Whether somebody else than the person signed in is asked for. */
export const asksForAnother = (reasons: readonly string[]): boolean =>
  reasons.includes("id_token_hint") || reasons.includes("claims_id_token_sub_value");

/**
 * When the engine needs the person: not signed in, too weak, too long ago, of another organisation, or told so by
 * `prompt`. Consent is never asked: applications are the organisation's own, and get what they are entitled to.
 */
export function makePolicy(subjectOf: (ctx: KoaContextWithOIDC) => string): Policy {
  const policy = base();
  policy.remove("consent");
  const login = policy.get("login");
  if (!login) throw new Error("the engine's policy has no login prompt");
  login.checks.remove("essential_acrs");
  login.checks.remove("essential_acr");
  // The engine's own counts in the machine's time and whole seconds.
  login.checks.remove("max_age");
  login.checks.add(
    new Check("max_age", "a more recent sign-in is required", "login_required", ({ oidc }) => {
      const maxAge = oidc.params?.max_age;
      const session = work().sessionByUid(oidc.session?.uid ?? "");
      if (maxAge === undefined || !session || oidc.result?.login) return false;
      return plus(session.authenticatedAt, seconds(Number(maxAge))) < work().now;
    }),
  );
  // The engine's own looks only before the sign-in.
  login.checks.remove("id_token_hint");
  login.checks.add(
    new Check("id_token_hint", "the person that id_token_hint names is required", (ctx) => {
      const subject = hintedSubject(ctx);
      return subject !== undefined && (ctx.oidc.session?.accountId === undefined || subject !== subjectOf(ctx));
    }),
  );
  login.checks.add(
    new Check("strength", "a stronger sign-in is required", (ctx) => {
      const { session } = ctx.oidc;
      return session?.accountId !== undefined && !isStrongEnough(session.acr ?? "", requestedStrength(ctx));
    }),
  );
  login.checks.add(
    new Check("organisation", "an account of another organisation is required", (ctx) => {
      const own = applicationOf(ctx.oidc.client?.clientId).organisationId;
      const holder = work().holder(ctx.oidc.session?.accountId ?? "");
      return own !== null && holder !== null && holder.organisationId !== own;
    }),
  );
  // After the sign-in nothing is asked again: what is still not met goes back to the application as an error.
  for (const check of login.checks) {
    const asks = check.check;
    check.check = async (ctx) => {
      const needed = await asks(ctx);
      if (needed && ctx.oidc.result?.login)
        throw check.reason === "strength"
          ? new errors.UnmetAuthenticationRequirements("the requested acr could not be reached")
          : new errors.LoginRequired("the sign-in does not fit the request");
      return needed;
    };
  }
  policy.add(new Prompt({ name: "select_account", requestable: true }), 0);
  const consent = new Prompt({ name: "consent", requestable: true });
  consent.checks.clear();
  policy.add(consent);
  return policy;
}
