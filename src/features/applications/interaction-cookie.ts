import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";
import * as z from "zod";
import { type Duration, minutes } from "../../kernel/time.ts";
import type { Keyring } from "../../platform/seal/index.ts";

/** How long a person may take to sign in before the application has to ask anew. */
export const interactionLifetime = minutes(60);

/** Long enough for Back and for a second tab; browsers keep only so many cookies of one site. */
const doneLifetime = minutes(10);

/** Stands in the cookie for a request that is kept in a row. */
const inRow = "in-row";

/** What RFC 6265 lets a browser keep of one cookie is 4096 bytes with its name and attributes. */
const roomInCookie = 3_700;

const stored = z.object({
  params: z.record(z.string(), z.unknown()),
  trusted: z.array(z.string()).optional(),
  cid: z.string().optional(),
  parJti: z.string().optional(),
  createdAt: z.coerce.date(),
  expiresAt: z.coerce.date(),
  journey: z.object({ id: z.string(), url: z.string() }),
  requirement: z.object({
    strength: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullable(),
    notBefore: z.coerce.date().nullable(),
    organisationId: z.string().nullable(),
  }),
});

/** An authorization request that waits for its sign-in. */
export type StoredInteraction = z.infer<typeof stored>;

export type InteractionRead =
  | { state: "waiting"; interaction: StoredInteraction }
  /** Too large for a cookie: it is a row. */
  | { state: "stored" }
  /** Answered already: the browser came back to an old address. */
  | { state: "done"; clientId: string }
  | { state: "none" };

export type InteractionCookie = {
  read(request: IncomingMessage, uid: string): InteractionRead;
  /** False when it needs a row instead. */
  write(response: ServerResponse, uid: string, interaction: StoredInteraction): boolean;
  markDone(response: ServerResponse, uid: string, clientId: string): void;
};

/** A row's payload as an interaction; null when it is none. */
export const parseInteraction = (payload: unknown): StoredInteraction | null => stored.safeParse(payload).data ?? null;

/**
 * The browser keeps its own authorization request, sealed under its uid, at a path that only its resumption has. So
 * beginning to sign in writes nothing, every tab has its own, and nobody can resume another browser's.
 */
export function makeInteractionCookie({ keyring, secure }: { keyring: Keyring; secure: boolean }): InteractionCookie {
  const name = secure ? "__Secure-vahva_request" : "vahva_request";
  const place = (uid: string) => ({ table: "cookie", column: "interaction", row: uid });
  const seal = (uid: string, value: unknown): string =>
    keyring.seal(place(uid), JSON.stringify(value)).toString("base64url");
  const set = (response: ServerResponse, uid: string, value: string, lifetime: Duration = interactionLifetime) =>
    response.appendHeader(
      "set-cookie",
      stringifySetCookie({
        name,
        value,
        path: `/authorize/${uid}`,
        httpOnly: true,
        sameSite: "lax",
        secure,
        maxAge: lifetime / 1000,
      }),
    );
  const open = (uid: string, value: string): unknown => {
    try {
      return JSON.parse(keyring.open(place(uid), Buffer.from(value, "base64url")).toString());
    } catch {
      return null; // changed, of another request, or sealed under a key that is gone
    }
  };

  return {
    read(request, uid) {
      const value = parseCookie(request.headers.cookie ?? "")[name];
      if (!value) return { state: "none" };
      if (value.startsWith("done.")) return { state: "done", clientId: value.slice("done.".length) };
      const opened = open(uid, value);
      if (opened === inRow) return { state: "stored" };
      const interaction = parseInteraction(opened);
      return interaction ? { state: "waiting", interaction } : { state: "none" };
    },
    write(response, uid, interaction) {
      const value = seal(uid, interaction);
      const fits = value.length <= roomInCookie;
      set(response, uid, fits ? value : seal(uid, inRow));
      return fits;
    },
    markDone: (response, uid, clientId) => set(response, uid, `done.${clientId}`, doneLifetime),
  };
}
