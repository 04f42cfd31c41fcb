import * as z from "zod";
import { minutes, plus } from "../../kernel/time.ts";
import type { BrokerContext, Wish } from "../../ports/identity-broker.ts";
import { isSession } from "./client.ts";
import { methodsFor, type Setup } from "./settings.ts";
import { CandourTrouble } from "./trouble.ts";

/** What is asked of a document: who it is, and which state says so. */
export const askedFor = ["name", "dateOfBirth", "nationalIdentificationNumber", "idIssuer", "nationality"] as const;

/** What there is besides, and is never asked for: pictures least of all. */
const neverAskedFor = [
  "idDocumentType",
  "idNumber",
  "idExpiration",
  "sex",
  "selfieImage",
  "idMrzImage",
  "idOtherImage",
  "idChipImage",
] as const;

const each = (names: readonly string[], value: boolean) => Object.fromEntries(names.map((name) => [name, value]));

/** To the second, as Candour's own examples write it. */
const written = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`;

/** What a session is opened by. Nothing of the person goes along: Candour tells us who it is, not the other way round. */
export function sessionRequest({ state, level, now }: Wish, setup: Setup, { callbackUrl }: BrokerContext) {
  const methods = methodsFor(setup, level);
  if (methods.length === 0) throw new CandourTrouble("level-out-of-reach");
  const back = new URL(callbackUrl);
  back.searchParams.set("state", state);
  return {
    timestamp: written(now),
    validUntil: written(plus(now, minutes(setup.validMinutes))),
    callbackUrl: back.href,
    tries: setup.tries,
    allowedVerificationMethods: { ...each(["rfidApp", "idApp", "idWeb"], false), ...each(methods, true) },
    allowedVerificationDocuments: { ...each(["passport", "idCard"], false), ...each(setup.documents, true) },
    resultProperties: { ...each(askedFor, true), ...each(neverAskedFor, false) },
  };
}

const memoryForm = z.strictObject({ session: z.string().refine(isSession) });

/** What an answer is asked for by, as it is kept, sealed. */
export const writeMemory = (session: string): string => JSON.stringify({ session });

/** The session that `writeMemory` wrote; null for anything else. */
export function readMemory(text: string): string | null {
  try {
    return memoryForm.parse(JSON.parse(text)).session;
  } catch {
    return null;
  }
}
