import * as z from "zod";

/** What a message is answered by, or an answer checked by. */
export type Memory = Readonly<z.infer<typeof schema>>;

const schema = z.strictObject({ id: z.string(), relayState: z.string().nullable().optional() });

/** As it is kept, sealed, with the request. */
export const writeMemory = (memory: Memory): string => JSON.stringify(memory);

/** What `writeMemory` wrote; null for anything else. */
export function readMemory(text: string): Memory | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
