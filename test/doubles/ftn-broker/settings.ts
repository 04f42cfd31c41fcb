import type { Surface } from "./surfaces.ts";
import type { World } from "./world.ts";

/** What an operator configures of this broker, in the words of our settings. */
export function settingsOf({ profile, surface, clientId, keys, serviceNames }: World): Record<string, unknown> {
  const { paths } = surface;
  return {
    issuer: surface.issuer,
    clientId,
    ...(paths.signedJwks !== undefined && { entityKey: keys.entity.jwk }),
    ...(registersNames(surface) ? {} : { spName: serviceNames[0] }),
    ...(profile === "oidc" && { level: "substantial" }),
    ...(profile === "generic" && { means: meansOf(surface) }),
    ...(profile === "idura" && { means: Object.keys(surface.means).filter((id) => !/device/.test(id)) }),
    ...(profile === "signicat" && { means: ["idp:ftn", "idp:sbid"] }),
  };
}

/** Brokers whose means are a matter of `ftn_idp_id` take the service's name with the request too. */
const registersNames = ({ chosenBy }: Surface) => chosenBy !== "ftn_idp_id";

const meansOf = ({ means }: Surface) => Object.entries(means).map(([id, country]) => ({ id, name: id, country }));
