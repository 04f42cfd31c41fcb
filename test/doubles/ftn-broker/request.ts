import type { JWTPayload } from "jose";
import { levelAddress } from "./claims.ts";
import { readSigned } from "./signed-by-client.ts";
import type { World } from "./world.ts";

/** What a browser was sent with, accepted. `means` are those to choose from; one alone was chosen by the client. */
export type Request = Readonly<{
  claims: JWTPayload;
  redirectUri: string;
  state: string;
  nonce: string;
  language: string;
  means: readonly string[];
}>;

/** Reads what came to the authorization endpoint, by the rules of the profile. Refusals are for the broker's own page. */
export async function readRequest(
  given: URLSearchParams,
  world: World,
): Promise<{ request: Request } | { refused: string; claims?: JWTPayload }> {
  const { surface } = world;
  const read = surface.beside === null ? { claims: Object.fromEntries(given) } : await readObject(given, world);
  if ("refused" in read) return read;
  const { claims } = read;
  const refused = judge(claims, world);
  if (refused) return { refused, claims };
  const means = chosenMeans(claims, world);
  if (!means) return { refused: "the means or the level is not one of ours here", claims };
  const [redirectUri, state, nonce] = [text(claims.redirect_uri), text(claims.state), text(claims.nonce)];
  return { request: { claims, redirectUri, state, nonce, language: text(claims.ui_locales), means } };
}

async function readObject(given: URLSearchParams, { surface, clientId, requestReplays, ourKeys, clock }: World) {
  const [request, second] = given.getAll("request");
  if (!request || second) return { refused: "one request, please" };
  const beside = [...given.keys()].filter((name) => name !== "request");
  if (surface.beside === "client_id" && (beside.join() !== "client_id" || given.get("client_id") !== clientId))
    return { refused: "client_id and request, and nothing else, please" };
  return readSigned(request, {
    ourKeys,
    clientId,
    audience: surface.requestAudience,
    kid: true,
    minutes: 60,
    replays: requestReplays,
    now: clock.now(),
  });
}

function judge(claims: JWTPayload, { surface, clientId, redirectUris, serviceNames }: World): string | undefined {
  if (claims.client_id !== clientId) return "client_id is not the client's";
  if (claims.response_type !== "code") return "response_type is not code";
  if (!redirectUris.includes(text(claims.redirect_uri))) return "redirect_uri is not registered";
  if (text(claims.state).length < 16) return "no state worth the name";
  if (text(claims.nonce).length < 22) return "no nonce of 128 bits";
  if (claims.response_mode !== undefined && claims.response_mode !== "query") return "response_mode is not query";
  const scopes = words(claims.scope);
  if (surface.scopes.needed.some((needed) => !scopes.includes(needed))) return "scope is missing something";
  if (scopes.some((scope) => !surface.scopes.allowed.includes(scope))) return "scope has too much";
  if (claims.ui_locales !== undefined && !["fi", "sv", "en"].includes(text(claims.ui_locales)))
    return "ui_locales is none of fi, sv, en";
  if (claims.ftn_spname !== undefined && !serviceNames.includes(text(claims.ftn_spname)))
    return "ftn_spname is not registered";
  if (claims.code_challenge !== undefined && claims.code_challenge_method !== "S256") return "PKCE is not by S256";
  return undefined;
}

/** The means that the request leaves to choose from; undefined when it asks for what the broker has not. */
function chosenMeans(claims: JWTPayload, { surface, environment }: World): readonly string[] | undefined {
  const everything = Object.keys(surface.means).filter((id) => environment === "test" || !id.includes("emulator"));
  const levels = surface.asksLevel ? [levelAddress("substantial", environment), levelAddress("high", environment)] : [];
  const choices = new Map<string, readonly string[]>([
    ...everything.map((id) => [id, [id]] as const),
    ...Object.entries(surface.lists),
  ]);
  const chosen = surface.chosenBy === null ? [] : words(claims[surface.chosenBy]);
  const asked = [...new Set([...chosen, ...words(claims.acr_values)])];
  if (asked.some((word) => !choices.has(word) && !levels.includes(word))) return undefined;
  const means = asked.flatMap((word) => choices.get(word) ?? []);
  if (means.length > 0) return means;
  // Where means are a matter of acr_values, these must be there.
  return asked.length > 0 || surface.chosenBy !== "acr_values" ? everything : undefined;
}

const words = (value: unknown): string[] => text(value).split(" ").filter(Boolean);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
