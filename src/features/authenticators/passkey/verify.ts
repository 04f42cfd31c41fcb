import { bytesOf, type Created, type Shown } from "./domain/answer.ts";
import { type Ceremony, type ClientDataFault, clientDataFault } from "./domain/client-data.ts";
import { algorithms, type MadePasskey } from "./domain/passkey.ts";
import type { RelyingParty } from "./domain/relying-party.ts";

type Asked = Readonly<{ challenge: Buffer; relyingParty: RelyingParty }>;

/** For the audit: why an answer does not count. `unverified`: flags, host, algorithm or signature are not as they must be. */
export type Fault = ClientDataFault | "attested" | "backup-changed" | "unverified";

/** Loaded when the first passkey comes: it takes longer than anything else that a start waits for. */
const library = () => import("@simplewebauthn/server");
const helpers = () => import("@simplewebauthn/server/helpers");

const faultOf = (answer: Created | Shown, ceremony: Ceremony, { challenge, relyingParty }: Asked) =>
  clientDataFault(bytesOf(answer.response.clientDataJSON).toString(), {
    ceremony,
    challenge: challenge.toString("base64url"),
    relyingParty,
  });

/** Whether the passkey was made for this service, just now, by a person who was present and verified (WebAuthn §7.1). */
export async function verifyCreated(answer: Created, asked: Asked): Promise<MadePasskey | Fault> {
  const fault = faultOf(answer, "webauthn.create", asked);
  if (fault) return fault;
  const { verifyRegistrationResponse } = await library();
  const { decodeAttestationObject } = await helpers();
  try {
    // No statement of a maker was asked for; its certificates would be read, and followed to wherever they point.
    const attested = decodeAttestationObject(new Uint8Array(bytesOf(answer.response.attestationObject)));
    if (attested.get("fmt") !== "none" && attested.get("attStmt").get("x5c") !== undefined) return "attested";
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, clientExtensionResults: {} },
      expectedChallenge: asked.challenge.toString("base64url"),
      expectedOrigin: asked.relyingParty.origin,
      expectedRPID: asked.relyingParty.id,
      requireUserPresence: true,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified || registrationInfo.credential.id !== answer.id) return "unverified";
    return {
      credentialId: bytesOf(registrationInfo.credential.id),
      publicKey: Buffer.from(registrationInfo.credential.publicKey),
      counter: registrationInfo.credential.counter,
      backupEligible: registrationInfo.credentialDeviceType === "multiDevice",
      transports: answer.response.transports,
    };
  } catch {
    return "unverified";
  }
}

/** Whether the passkey answered this very question, with its person present and verified; and how far it has counted. */
export async function verifyShown(
  answer: Shown,
  asked: Asked,
  { publicKey, backupEligible }: Pick<MadePasskey, "publicKey" | "backupEligible">,
): Promise<{ counter: number } | Fault> {
  const fault = faultOf(answer, "webauthn.get", asked);
  if (fault) return fault;
  const { verifyAuthenticationResponse } = await library();
  const { userHandle: _, ...response } = answer.response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answer, response, clientExtensionResults: {} },
      expectedChallenge: asked.challenge.toString("base64url"),
      expectedOrigin: asked.relyingParty.origin,
      expectedRPID: asked.relyingParty.id,
      requireUserVerification: true,
      // 0: the counter is judged under the lock of the passkey's row.
      credential: { id: answer.id, publicKey: new Uint8Array(publicKey), counter: 0 },
    });
    if (!verified) return "unverified";
    const isEligible = authenticationInfo.credentialDeviceType === "multiDevice";
    return isEligible === backupEligible ? { counter: authenticationInfo.newCounter } : "backup-changed";
  } catch {
    return "unverified";
  }
}
