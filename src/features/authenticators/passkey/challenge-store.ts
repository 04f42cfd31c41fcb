import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";

type Place = Readonly<{ journeyId: string; kind: string }>;

/**
 * What a passkey has to sign for the step `kind` of a journey: what the page has shown before while that is good, so that
 * two tabs don't take it from each other, or else `challenge`. It is good for until `until`.
 */
export async function offerChallenge(
  db: Db,
  { journeyId, kind, challenge, until }: Place & { challenge: Buffer; until: Instant },
  now: Instant,
): Promise<Buffer> {
  const row = await db
    .insertInto("passkey_challenge")
    .values({ journey_id: journeyId, kind, challenge, expires_at: until })
    .onConflict((conflict) =>
      conflict.columns(["journey_id", "kind"]).doUpdateSet((eb) => ({
        challenge: eb
          .case()
          .when("passkey_challenge.expires_at", ">", now)
          .then(eb.ref("passkey_challenge.challenge"))
          .else(eb.ref("excluded.challenge"))
          .end(),
        expires_at: eb.ref("excluded.expires_at"),
      })),
    )
    .returning("challenge")
    .executeTakeFirstOrThrow();
  return row.challenge;
}

/** Uses the challenge up: one statement, so that of many answers to it one is looked at. Null when there is none (any more). */
export async function useChallenge(db: Db, { journeyId, kind }: Place, now: Instant): Promise<Buffer | null> {
  const row = await db
    .deleteFrom("passkey_challenge")
    .where("journey_id", "=", journeyId)
    .where("kind", "=", kind)
    .returning(["challenge", "expires_at"])
    .executeTakeFirst();
  return row && row.expires_at > now ? row.challenge : null;
}
