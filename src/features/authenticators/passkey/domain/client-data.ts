import * as z from "zod";
import type { RelyingParty } from "./relying-party.ts";

/** What the browser was asked to do. */
export type Ceremony = "webauthn.create" | "webauthn.get";

/** Why an answer is none to what was asked. */
export type ClientDataFault = "unreadable" | "wrong-ceremony" | "wrong-challenge" | "wrong-origin" | "cross-origin";

const schema = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

/**
 * Whether the browser answered this very question, on our own page and in no frame of another's (WebAuthn §7.1 and §7.2):
 * null when it did.
 *
 * @param clientDataJson what the browser says of the ceremony; the authenticator's signature covers it
 */
export function clientDataFault(
  clientDataJson: string,
  asked: Readonly<{ ceremony: Ceremony; challenge: string; relyingParty: RelyingParty }>,
): ClientDataFault | null {
  const said = schema.safeParse(parseJson(clientDataJson)).data;
  if (!said) return "unreadable";
  if (said.type !== asked.ceremony) return "wrong-ceremony";
  if (said.challenge !== asked.challenge) return "wrong-challenge";
  if (said.origin !== asked.relyingParty.origin) return "wrong-origin";
  return said.crossOrigin || said.topOrigin !== undefined ? "cross-origin" : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
