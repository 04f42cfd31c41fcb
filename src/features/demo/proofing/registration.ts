import type { Keyring } from "../../../platform/seal/index.ts";

/** What the service calls the proofing service. */
export const brokerName = "demo-proofing";

/** What requests are signed by: both ends derive it, so that nothing is kept. */
export function proofingKey(keyring: Pick<Keyring, "hash">): { clientId: string; secret: string } {
  const secret = keyring.hash("demo-proofing", "secret").toString("hex");
  // Another secret has another name, by which the service notices that it knows an old one.
  const clientId = `demo-${keyring.hash("demo-proofing", "client").toString("hex").slice(0, 16)}`;
  return { clientId, secret };
}

/** Where browsers go back to: the one service that it proves people to. */
export const callbackOf = (publicUrl: string): string => `${publicUrl}/eid/${brokerName}/callback`;

/** How the service knows the proofing service: what Candour would give an operator. */
export function proofingRegistration({ publicUrl, keyring }: { publicUrl: string; keyring: Pick<Keyring, "hash"> }) {
  const { clientId, secret } = proofingKey(keyring);
  return {
    profile: "candour",
    title: {
      fi: "Passi ja kasvokuva (demo)",
      sv: "Pass och ansiktsbild (demo)",
      en: "Passport and face (demo)",
    },
    settings: { baseUrl: `${publicUrl}/demo/proofing/v1`, clientId },
    secret,
  };
}
