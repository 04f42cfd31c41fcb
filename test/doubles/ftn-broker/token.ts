import { createHash } from "node:crypto";
import type { Grant } from "./authorize.ts";
import { makeIdToken } from "./id-token.ts";
import { readSigned } from "./signed-by-client.ts";
import type { World } from "./world.ts";

export type TokenAnswer = Readonly<{ status: number; body: object }>;

type Problem = "bad-client" | "bad-parameters" | "bad-code";

/** Brokers disagree on what to call each problem: OP knows no `invalid_grant`, and encodes its descriptions. */
const errors = {
  oauth: {
    "bad-client": [401, "invalid_client"],
    "bad-parameters": [400, "invalid_request"],
    "bad-code": [400, "invalid_grant"],
  },
  op: {
    "bad-client": [400, "unauthorized_client"],
    "bad-parameters": [400, "invalid_request"],
    "bad-code": [400, "invalid_request"],
  },
} as const;

/** The token endpoint: a code becomes an ID token once, for the client that asked for it and nobody else. */
export function makeTokenEndpoint(world: World, grants: Map<string, Grant>) {
  const { surface, clientId } = world;

  function refuse(problem: Problem, why: string): TokenAnswer {
    world.note({ at: "token", refused: why });
    const [status, error] = errors[surface.errors][problem];
    return { status, body: { error, error_description: surface.errors === "op" ? encodeURIComponent(why) : why } };
  }

  return async (form: URLSearchParams, authorization: string | undefined): Promise<TokenAnswer> => {
    if (form.get("grant_type") !== "authorization_code") return refuse("bad-parameters", "grant_type is wrong");
    const client = await readClient(form, authorization, world);
    if (typeof client === "string") return refuse("bad-client", client);
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    if (!grant) return refuse("bad-code", "the code is unknown or used");
    grants.delete(code);
    if (form.get("redirect_uri") !== grant.redirectUri) return refuse("bad-code", "redirect_uri is another");
    if (grant.challenge !== null && challengeOf(form.get("code_verifier") ?? "") !== grant.challenge)
      return refuse("bad-code", "code_verifier is wrong");

    world.note({ at: "token", refused: null, ...client });
    const idToken = await makeIdToken(grant, world);
    const common = { access_token: challengeOf(code), token_type: "Bearer", expires_in: surface.expiresIn };
    return { status: 200, body: { ...common, scope: surface.scopes.needed.join(" "), id_token: idToken } };
  };

  async function readClient(form: URLSearchParams, authorization: string | undefined, { clientSecret, clock }: World) {
    if (clientSecret !== null) {
      const [id, secret] = authorization ? basicOf(authorization) : [form.get("client_id"), form.get("client_secret")];
      return id === clientId && secret === clientSecret ? {} : "the client's secret is wrong";
    }
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
      return "client_assertion_type is wrong";
    const read = await readSigned(form.get("client_assertion") ?? "", {
      ourKeys: world.ourKeys,
      clientId,
      audience: surface.assertionAudience,
      kid: surface.assertionKid,
      minutes: surface.assertionMinutes,
      replays: world.assertionReplays,
      now: clock.now(),
    });
    if ("refused" in read) return read.refused;
    if (read.claims.sub !== clientId) return "sub is not the client";
    return form.has("client_id") && form.get("client_id") !== clientId ? "client_id is another" : read;
  }
}

const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

/** RFC 6749 §2.3.1: both parts are form-encoded. */
function basicOf(authorization: string): readonly (string | null)[] {
  const pair = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
    .toString()
    .split(":");
  return pair.map((part) => new URLSearchParams(`part=${part}`).get("part"));
}
