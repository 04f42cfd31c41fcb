import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { type Level, levels } from "../../kernel/identity.ts";
import { minutes } from "../../kernel/time.ts";
import type { BrokerContext, Departure, Wish } from "../../ports/identity-broker.ts";
import type { Whereabouts } from "./endpoints.ts";
import { audienceOf, signOnce } from "./our-signing.ts";
import type { Setup } from "./setup.ts";
import { BrokerTrouble } from "./trouble.ts";

/** What an answer is checked by. */
const memorySchema = z.strictObject({
  nonce: z.string(),
  verifier: z.string().nullable(),
  means: z.string().nullable(),
});
export type Memory = z.infer<typeof memorySchema>;

/** What `depart` remembered; null when it is something else. */
export function parseMemory(text: string): Memory | null {
  try {
    return memorySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The address that sends a person to identify, freshly. Throws `BrokerTrouble`. */
export async function depart(
  wish: Wish,
  { setup, context, whereabouts }: { setup: Setup; context: BrokerContext; whereabouts: Whereabouts },
): Promise<Departure> {
  const { profile, clientId, issuer } = setup;
  const { endpoints, takesPkce } = whereabouts;
  const usesPkce = profile.pkce === "always" || (profile.pkce === "discovered" && takesPkce);
  const memory: Memory = {
    nonce: randomBytes(32).toString("base64url"),
    verifier: usesPkce ? randomBytes(32).toString("base64url") : null,
    means: checkMeans(wish.means, setup),
  };
  const parameters = {
    client_id: clientId,
    response_type: "code",
    scope: profile.scopes.join(" "),
    redirect_uri: context.callbackUrl,
    state: wish.state,
    nonce: memory.nonce,
    ui_locales: wish.language,
    ...choiceOf(memory.means, wish.level, setup),
    ...(profile.freshness && { [profile.freshness.parameter]: profile.freshness.value }),
    ...(profile.responseMode && { response_mode: profile.responseMode }),
    ...(setup.spName !== null && profile.spName === "parameter" && { ftn_spname: setup.spName }),
    ...(memory.verifier !== null && { code_challenge: challengeOf(memory.verifier), code_challenge_method: "S256" }),
  };
  const url = new URL(endpoints.authorization);
  const query: Readonly<Record<string, string | number>> =
    profile.transport === "parameters"
      ? parameters
      : {
          ...(profile.transport === "client_id+request" && { client_id: clientId }),
          request: await signOnce(
            { ...parameters, iss: clientId, aud: audienceOf(profile.requestAudience, issuer, endpoints) },
            { key: await context.keys.signing(), type: profile.requestType, lifetime: minutes(10), now: wish.now },
          ),
        };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return { result: "departs", url: url.href, memory: JSON.stringify(memory) };
}

/** How the broker is told what to identify by, and how well. */
function choiceOf(means: string | null, level: Level, { profile, levelValues }: Setup): Record<string, string> {
  const chosen = means !== null && profile.meansParameter ? { [profile.meansParameter]: means } : {};
  const { acrValues } = profile;
  if (acrValues === null) return chosen;
  if (acrValues !== "level") return { acr_values: acrValues, ...chosen };
  const lowest = levels.slice(levels.indexOf(level)).flatMap((one) => claimValuesOf(one, levelValues))[0];
  return lowest === undefined ? chosen : { acr_values: lowest, ...chosen };
}

const claimValuesOf = (level: Level, values: Setup["levelValues"]): string[] =>
  Object.entries(values).flatMap(([value, one]) => (one === level ? [value] : []));

/** The browser names the means, so only one that is offered here is signed for. Selectors of brokers list their own. */
function checkMeans(means: string | null, { means: offered, profile }: Setup): string | null {
  if (means === null) return null;
  const isOffered = profile.selector ? /^[\w.:-]{1,100}$/u.test(means) : offered.some(({ id }) => id === means);
  if (!isOffered) throw new BrokerTrouble("means-unknown");
  return means;
}

const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");
