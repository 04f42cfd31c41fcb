/** How much is measured: enough for medians, or only enough to see that everything works. */
export type Plan = {
  rounds: number;
  /** Milliseconds of each measured slice of a flow that applications ask for, and of sign-ins, which are far slower. */
  slice: number;
  signInSlice: number;
  /** Who asks at once for tokens; who signs in at once. */
  workers: number;
  people: number;
  starts: number;
  /** Accounts of the service that is stormed, and of the small and the large one that are compared. */
  accounts: number;
  small: number;
  large: number;
};

const whole: Plan = {
  rounds: 7,
  slice: 800,
  signInSlice: 2000,
  workers: 8,
  people: 16,
  starts: 5,
  accounts: 4000,
  small: 1000,
  large: 100_000,
};

export const planOf = (quick: boolean): Plan =>
  quick ? { ...whole, rounds: 3, slice: 300, signInSlice: 800, starts: 1, accounts: 2000 } : whole;

/** The rounds, each with its things in another order: who goes first is not always the same. */
export function* turns<T>(rounds: number, things: readonly T[]): Generator<readonly T[]> {
  for (let round = 0; round < rounds; round += 1) yield round % 2 === 0 ? things : things.toReversed();
}
