import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import type { Identity } from "../../kernel/identity.ts";
import { between, days } from "../../kernel/time.ts";
import { claimsOf } from "./claims.ts";
import { identityScope } from "./domain/application.ts";
import { grantIdOf } from "./token-store.ts";
import { applicationOf, work } from "./unit-of-work.ts";

/** A grant outlives every refresh token of thirty days that may still be issued from it. */
const atLeast = days(31);

/**
 * The grant of this session and application: all that the application is entitled to, whatever it asks for this time.
 * Only the identity has to be asked for and there to tell, and its first release is recorded (APP-3).
 * It is made or renewed without a question, and written only when it changes.
 */
export function makeLoadGrant(provider: () => Provider, identityOf: (accountId: string) => Promise<Identity | null>) {
  return async ({ oidc }: KoaContextWithOIDC) => {
    const clientId = oidc.client?.clientId ?? "";
    const accountId = oidc.account?.accountId;
    if (!oidc.session || !accountId) return undefined;
    const entitled = applicationOf(clientId).settings.scopes;
    const id = grantIdOf(oidc.session.uid, clientId);
    const stored = work().grant(id);
    const { Grant } = provider();
    const existing = await Grant.find(id);
    const before = existing?.getOIDCScope() ?? "";
    const wasReleased = before.split(" ").includes(identityScope);
    const asks = entitled.includes(identityScope) && oidc.requestParamScopes.has(identityScope);
    const isReleased = wasReleased || (asks && (await identityOf(accountId)) !== null);
    const granted = entitled.filter((each) => each !== identityScope || isReleased);
    const scope = granted.join(" ");
    if (existing && stored && before === scope && between(work().now, stored.expiresAt) > atLeast) return existing;
    const made = { jti: id, accountId, clientId };
    const grant = new Grant(made);
    grant.addOIDCScope(scope);
    grant.addOIDCClaims(claimsOf(granted));
    await grant.save();
    if (isReleased && !wasReleased) work().released = { accountId, clientId };
    return grant;
  };
}

/** A machine names only scopes that it was registered with; the engine lets one without any name them all. */
export async function refuseForeignScopes(
  ctx: KoaContextWithOIDC,
  token: { kind: string; scope?: string | undefined },
): Promise<undefined> {
  if (token.kind !== "ClientCredentials") return;
  const allowed = new Set<string>(applicationOf(ctx.oidc.client?.clientId).settings.scopes);
  const foreign = (token.scope ?? "").split(" ").find((scope) => scope !== "" && !allowed.has(scope));
  if (foreign !== undefined) throw new errors.InvalidScope("requested scope is not allowed", foreign);
}
