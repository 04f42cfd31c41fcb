import { bankAddresses } from "./addresses.ts";
import { bankKeys, type KeyDeps } from "./keys.ts";
import { demoMeans } from "./people.ts";

export { brokerName } from "./addresses.ts";
export { demoPeople } from "./people.ts";
export { type BankDeps, bankRoutes } from "./routes.ts";

/** How the service knows the bank: what an operator would be told by a broker, its entity key above all. */
export async function bankRegistration({ publicUrl, ...deps }: KeyDeps & { publicUrl: string }) {
  const { issuer, client } = bankAddresses(publicUrl);
  const { entity } = await bankKeys(deps);
  return {
    profile: "generic",
    title: { fi: "Demopankki", sv: "Demobanken", en: "Demo bank" },
    settings: {
      issuer,
      clientId: client.id,
      entityKey: entity.publicJwk,
      spName: "Vahva",
      means: demoMeans.map(({ id, name, country }) => ({ id, name, country })),
    },
  };
}
