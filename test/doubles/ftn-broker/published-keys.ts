import { importJWK, type JSONWebKeySet, type JWK, jwtVerify } from "jose";

/** The keys that a client publishes at an address, signed by its entity key, which the broker was given by hand. */
export async function readPublishedKeys({ url, entityKey }: { url: string; entityKey: JWK }): Promise<JSONWebKeySet> {
  const answer = await fetch(url);
  const type = answer.headers.get("content-type")?.split(";")[0];
  if (type !== "application/jwk-set+jwt") throw new Error(`the client's keys are ${type}`);
  const { payload } = await jwtVerify<{ keys: JWK[] }>(await answer.text(), await importJWK(entityKey, "RS256"), {
    algorithms: ["RS256"],
    requiredClaims: ["iss", "sub", "iat", "exp"],
  });
  if (payload.iss !== payload.sub) throw new Error("the client's keys are signed for somebody else");
  return { keys: payload.keys };
}
