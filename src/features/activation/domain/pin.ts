import type { Instant } from "../../../kernel/time.ts";

export type InvitationState = "sent" | "opened" | "pin-verified" | "activated" | "revoked" | "locked";

/** The part of an invitation that a PIN is judged by. */
export type PinState = Readonly<{
  state: InvitationState;
  expiresAt: Instant;
  /** Null while none was sent, or once it is spent. */
  pinExpiresAt: Instant | null;
  /** Wrong PINs against this PIN, and against the invitation since it was last sent: a new PIN forgets only the former. */
  pinMisses: number;
  misses: number;
}>;

export const missesPerPin = 5;
export const missesInAll = 10;

export type PinVerdict =
  | Readonly<{ verdict: "verified" }>
  | Readonly<{ verdict: "wrong"; left: number }>
  /** Five wrong ones: only a new PIN helps. */
  | Readonly<{ verdict: "spent" }>
  | Readonly<{ verdict: "pin-expired" }>
  /** Ten wrong ones in all: closed until the invitation is sent again. */
  | Readonly<{ verdict: "locked" }>
  | Readonly<{ verdict: "over" }>;

export type PinStep = PinVerdict & { next: PinState };

/**
 * ACT-2: what a PIN does to an invitation. The miss counts before anything is told, and a right PIN after the fifth
 * wrong one, or after its time, is refused. A right one stays good until the activation is complete (ACT-9).
 */
export function judgePin(current: PinState, guess: { matches: boolean }, now: Instant): PinStep {
  if (current.state === "locked") return { verdict: "locked", next: current };
  if (current.state === "activated" || current.state === "revoked" || now >= current.expiresAt)
    return { verdict: "over", next: current };
  if (current.pinMisses >= missesPerPin || !current.pinExpiresAt) return { verdict: "spent", next: current };
  if (now >= current.pinExpiresAt) return { verdict: "pin-expired", next: current };
  if (guess.matches) return { verdict: "verified", next: { ...current, state: "pin-verified" } };
  const missed = { ...current, pinMisses: current.pinMisses + 1, misses: current.misses + 1 };
  if (missed.misses >= missesInAll) return { verdict: "locked", next: { ...missed, state: "locked" } };
  const left = Math.min(missesPerPin - missed.pinMisses, missesInAll - missed.misses);
  return left > 0 ? { verdict: "wrong", left, next: missed } : { verdict: "spent", next: missed };
}

/** A PIN however it is written: full-width figures, spaces and dashes; null unless it is six figures. */
export function parsePin(text: string): string | null {
  const figures = text.normalize("NFKC").replace(/[\s\p{Pd}.]/gu, "");
  return /^\d{6}$/.test(figures) ? figures : null;
}
