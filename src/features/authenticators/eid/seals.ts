import * as z from "zod";
import { type Level, levels } from "../../../kernel/identity.ts";
import type { Keyring } from "../../../platform/seal/index.ts";

/** Who came back from a broker, as far as a choice of account needs it: never the identity itself. */
export type Found = Readonly<{
  /** What identities are found by. */
  index: Buffer;
  level: Level;
  broker: string;
}>;

const foundSchema = z.object({
  index: z.base64url(),
  level: z.enum(levels),
  broker: z.string(),
});

type Column = "memory" | "posted" | "answer" | "broker_session" | "pending";

/** Seals what a request keeps, each value for its own row and column. */
export function makeSeals(keyring: Pick<Keyring, "seal" | "open">) {
  const place = (column: Column, stateHash: Buffer) => ({
    table: "eid_request",
    column,
    row: stateHash.toString("hex"),
  });
  const seal = (column: Column, stateHash: Buffer, value: string) => keyring.seal(place(column, stateHash), value);
  const open = (column: Column, stateHash: Buffer, sealed: Buffer) =>
    keyring.open(place(column, stateHash), sealed).toString();
  return {
    seal,
    open,
    sealFound: (stateHash: Buffer, found: Found) =>
      seal("answer", stateHash, JSON.stringify({ ...found, index: found.index.toString("base64url") })),
    openFound: (stateHash: Buffer, sealed: Buffer): Found => {
      const found = foundSchema.parse(JSON.parse(open("answer", stateHash, sealed)));
      return { ...found, index: Buffer.from(found.index, "base64url") };
    },
  };
}
