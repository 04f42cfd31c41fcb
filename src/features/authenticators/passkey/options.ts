import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialDescriptorJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { minutes } from "../../../kernel/time.ts";
import { algorithms, type KnownPasskey } from "./domain/passkey.ts";
import type { RelyingParty } from "./domain/relying-party.ts";

/** How long the browser's dialog stays open: WebAuthn §15.1 recommends as much for people who need time. */
const timeout = minutes(5);

/** Asks the browser to make a passkey that is found without a user name and unlocked by the person. */
export const creationOptions = (wish: {
  relyingParty: RelyingParty;
  challenge: Buffer;
  handle: Buffer;
  /** Shown by the browser where a passkey is chosen. */
  organisation: string;
  userName: string;
  displayName: string;
  known: readonly KnownPasskey[];
}): PublicKeyCredentialCreationOptionsJSON => ({
  rp: { id: wish.relyingParty.id, name: wish.organisation },
  user: { id: wish.handle.toString("base64url"), name: wish.userName, displayName: wish.displayName },
  challenge: wish.challenge.toString("base64url"),
  pubKeyCredParams: algorithms.map((alg) => ({ alg, type: "public-key" })),
  timeout,
  attestation: "none",
  authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  excludeCredentials: wish.known.map(describe),
});

/** Asks for any passkey that is known here; once it is known whose it is (`known`), for one of theirs. */
export const requestOptions = (wish: {
  relyingParty: RelyingParty;
  challenge: Buffer;
  known: readonly KnownPasskey[];
}): PublicKeyCredentialRequestOptionsJSON => ({
  rpId: wish.relyingParty.id,
  challenge: wish.challenge.toString("base64url"),
  timeout,
  userVerification: "required",
  allowCredentials: wish.known.map(describe),
});

const describe = ({ credentialId, transports }: KnownPasskey): PublicKeyCredentialDescriptorJSON => ({
  id: credentialId.toString("base64url"),
  type: "public-key",
  // The store keeps only names that browsers have given; the library's list of them is shorter.
  transports: [...transports] as NonNullable<PublicKeyCredentialDescriptorJSON["transports"]>,
});
