import * as z from "zod";

/** Base64url without padding, as browsers write bytes in JSON. */
const bytes = z.base64url().min(1).max(16_384);

/** As browsers name the ways to an authenticator (WebAuthn §5.8.4). */
export const transports = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;
export type Transport = (typeof transports)[number];

const credential = { id: bytes.max(1_364), rawId: z.string(), type: z.literal("public-key") };

const createdSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z
      .array(z.string())
      .default([])
      .transform((named) => transports.filter((one) => named.includes(one))),
  }),
});

const shownSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
});

/** What a browser answers when it has made a passkey (WebAuthn's RegistrationResponseJSON). */
export type Created = z.infer<typeof createdSchema>;

/** What it answers when one was used (AuthenticationResponseJSON). */
export type Shown = z.infer<typeof shownSchema>;

/** Null when the text is no such answer. */
export const parseCreated = (text: string): Created | null => parse(createdSchema, text);

/** Null when the text is no such answer. */
export const parseShown = (text: string): Shown | null => parse(shownSchema, text);

function parse<T extends { id: string; rawId: string }>(schema: z.ZodType<T>, text: string): T | null {
  try {
    const answer = schema.safeParse(JSON.parse(text)).data;
    return answer && answer.id === answer.rawId ? answer : null;
  } catch {
    return null;
  }
}

export const bytesOf = (base64url: string): Buffer => Buffer.from(base64url, "base64url");
