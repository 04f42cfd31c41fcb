import * as z from "zod";

/** What a session at the identity provider is ended by: its NameID, with all that qualifies it, and SessionIndex. */
export type BrokerSession = Readonly<z.infer<typeof schema>>;

const schema = z.strictObject({
  nameId: z.string(),
  sessionIndex: z.string(),
  format: z.string().nullable(),
  nameQualifier: z.string().nullable(),
  spNameQualifier: z.string().nullable(),
});

/** As it is kept. */
export const writeSession = (session: BrokerSession): string => JSON.stringify(session);

/** What `writeSession` wrote; throws for anything else. */
export const readSession = (text: string): BrokerSession => schema.parse(JSON.parse(text));

/** Equal for equal sessions: the qualifiers may be left out of a message where they go without saying. */
export function sessionKey(text: string): string {
  const { nameId, sessionIndex } = readSession(text);
  return JSON.stringify([nameId, sessionIndex]);
}
