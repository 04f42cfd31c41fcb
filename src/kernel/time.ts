/** A moment. Always passed in, never asked for: `Clock` in `ports/clock.ts` is the only source. */
export type Instant = Date;

/** A length of time in milliseconds. */
export type Duration = number;

export const seconds = (n: number): Duration => n * 1000;
export const minutes = (n: number): Duration => n * 60_000;
export const hours = (n: number): Duration => n * 3_600_000;
export const days = (n: number): Duration => n * 86_400_000;

/** The moment `duration` after `instant` (before it, if negative). */
export const plus = (instant: Instant, duration: Duration): Instant => new Date(instant.getTime() + duration);

/** How long after `earlier` `later` is, in milliseconds; negative when it is the other way round. */
export const between = (earlier: Instant, later: Instant): Duration => later.getTime() - earlier.getTime();
