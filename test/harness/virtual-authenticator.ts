import type { Window } from "./real-browser.ts";

export type VirtualAuthenticator = Awaited<ReturnType<typeof addAuthenticator>>;

/** Gives the window's page Chromium's virtual authenticator: a device whose person is there and unlocks it, until told otherwise. */
export async function addAuthenticator({ context, page }: Window, { synced = false } = {}) {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  const credentials = async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  return {
    credentials,
    /** Whether the person opens the lock when they are asked. */
    unlocks: (isUserVerified: boolean) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    /** Whether somebody touches it by themselves. */
    touches: (enabled: boolean) => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    /** Puts a copy that has counted as far as `signCount` in the place of its only passkey. */
    replaceByCopy: async (signCount: number) => {
      const [credential] = await credentials();
      if (!credential) throw new Error("the authenticator has no passkey");
      await cdp.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credential.credentialId });
      await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount } });
    },
    clear: () => cdp.send("WebAuthn.clearCredentials", { authenticatorId }),
  };
}
