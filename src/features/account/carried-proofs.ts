import type { Method } from "../journey/index.ts";
import type { Session, SessionProof } from "../sessions/index.ts";

/**
 * What a session rests on, for a journey that changes methods. A session that began with an activation holds its PIN and
 * the link of a method too: they sign nobody in, and change nothing a second time.
 */
export function carriedProofs(methods: readonly Method[], session: Session): readonly SessionProof[] {
  const kinds = new Set(methods.flatMap(({ signIn }) => signIn));
  return session.proofs.filter(({ kind }) => kinds.has(kind));
}
