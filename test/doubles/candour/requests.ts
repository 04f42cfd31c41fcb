import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { between, type Instant, minutes } from "../../../src/kernel/time.ts";

const moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const one = (names: readonly [string, ...string[]]) =>
  z.record(z.enum(names), z.boolean()).refine((given) => Object.values(given).includes(true), "nothing is allowed");

const pictures = ["selfieImage", "idMrzImage", "idOtherImage", "idChipImage"] as const;
const properties = [
  ...["name", "dateOfBirth", "nationalIdentificationNumber", "idDocumentType", "idNumber", "idExpiration"],
  ...["idIssuer", "nationality", "sex", ...pictures],
] as [string, ...string[]]; // never empty

const createForm = z.strictObject({
  timestamp: moment,
  validUntil: moment,
  callbackUrl: z.url(),
  tries: z.int().min(1),
  allowedVerificationMethods: one(["rfidApp", "idApp", "idWeb"]),
  allowedVerificationDocuments: one(["passport", "idCard"]),
  // Nobody has asked for pictures, so asking for one is a mistake of the service's.
  resultProperties: one(properties).refine((given) => pictures.every((name) => given[name] === false), "a picture"),
});

export type Wanted = Readonly<z.infer<typeof createForm>>;

/** What is asked for, or why it is not given. */
export function readWanted(body: Buffer, now: Instant): Wanted | string {
  try {
    const wanted = createForm.parse(JSON.parse(body.toString()));
    if (Math.abs(between(new Date(wanted.timestamp), now)) > minutes(5)) return "timestamp";
    return wanted.validUntil > wanted.timestamp ? wanted : "validUntil";
  } catch (error) {
    return error instanceof Error ? error.message : "malformed";
  }
}

/** Whether `signature` is the HMAC of these very bytes, in small letters. */
export function isSigned(message: Buffer | string, signature: unknown, secret: string): boolean {
  const right = Buffer.from(createHmac("sha256", secret).update(message).digest("hex"));
  const given = Buffer.from(typeof signature === "string" ? signature : "");
  return given.length === right.length && timingSafeEqual(given, right);
}
