import type { JWTPayload } from "jose";
import { acrOf, personClaims } from "./claims.ts";
import { type Draft, encrypted, signed } from "./draft.ts";
import { forgeries } from "./forgeries.ts";
import type { TestPerson } from "./people.ts";
import type { World } from "./world.ts";

/** Somebody who has identified: who, when, and what the request wanted to see again. */
export type Session = Readonly<{ person: TestPerson; nonce: string; authenticatedAt: Date }>;

/** The ID token of this session, by the profile; or as the switch says. */
export async function makeIdToken(session: Session, world: World): Promise<string> {
  const { profile, surface, clientId, clock, environment, keys } = world;
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  const now = seconds(clock.now());
  const claims: JWTPayload = {
    iss: surface.issuer,
    aud: surface.audience === "array" ? [clientId] : clientId,
    ...(surface.audience === "array" && { azp: clientId }),
    iat: now,
    exp: now + 599,
    auth_time: seconds(session.authenticatedAt),
    nonce: session.nonce,
    ...acrOf(profile, session.person, environment),
    ...personClaims[profile](session.person),
  };
  const draft: Draft = {
    claims,
    header: { alg: "RS256", kid: keys.current().kid },
    key: keys.current(),
    sign: signed,
    seal: await sealer(world),
  };
  const forgery = world.take("idToken");
  const made = forgery ? await forgeries[forgery](draft, world) : draft;
  return made.seal(await made.sign(made));
}

async function sealer({ surface, ourKeys }: World): Promise<Draft["seal"]> {
  const { encryption } = surface;
  if (!encryption) return async (jws) => jws;
  const key = (await ourKeys()).keys.find(({ use }) => use === "enc");
  if (!key) throw new Error("the client has published no key to encrypt to");
  return (jws) => encrypted(jws, { ...key, alg: encryption.alg }, encryption);
}
