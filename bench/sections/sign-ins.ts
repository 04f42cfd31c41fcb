import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { load } from "../measure/load.ts";
import { median, short, spread, table } from "../measure/numbers.ts";
import type { Postgres } from "../measure/postgres.ts";
import { measure } from "../measure/slice.ts";
import { password } from "../parties/application.ts";
import type { Vahva } from "../parties/vahva.ts";
import { type Plan, turns } from "../plan.ts";

/** OWASP's first choice, which is the service's default. */
export const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Sign-ins with password and code, and in the same rounds argon2 with nothing around it, here and on as many cores. */
export async function signInSection(postgres: Postgres, ours: Vahva, plan: Plan): Promise<string> {
  const cores = availableParallelism();
  const gate = Math.max(1, cores - 1);
  const stored = await hash(password, cost);
  const alone = async (atOnce: number) => {
    const { rate } = await load(() => verify(stored, password), { workers: atOnce, slice: plan.signInSlice / 2 });
    return rate;
  };
  const signIns = () =>
    measure(postgres, ours.peer, ours.signIn, { workers: plan.people, slice: plan.signInSlice, leadIn: 400 });

  const rounds: { free: number; gated: number; slice: Awaited<ReturnType<typeof signIns>> }[] = [];
  for (const _ of turns(plan.rounds, []))
    rounds.push({ free: await alone(cores), gated: await alone(gate), slice: await signIns() });
  const middle = (read: (round: (typeof rounds)[number]) => number) => short(median(rounds.map(read)));

  return [
    "## Signing in with password and code",
    `${plan.people} people at once, from the first page to the session; argon2id at 19 MiB, 2 passes. ${plan.rounds} rounds, medians.`,
    table(
      ["", "a second", "p50 ms", "p99 ms", "Node µs", "PostgreSQL µs"],
      [
        ["argon2 alone, all cores", middle(({ free }) => free), "", "", "", ""],
        [`argon2 alone, ${gate} at once (the service's gate)`, middle(({ gated }) => gated), "", "", "", ""],
        [
          "sign-ins",
          middle(({ slice }) => slice.rate),
          middle(({ slice }) => slice.p50),
          middle(({ slice }) => slice.p99),
          middle(({ slice }) => slice.node),
          middle(({ slice }) => slice.postgres),
        ],
      ],
    ),
    "Sign-ins as a share of what argon2 alone allows: median (least–most).",
    table(
      ["of all cores", `of ${gate} at once`],
      [
        [
          spread(rounds.map(({ free, slice }) => slice.rate / free)),
          spread(rounds.map(({ gated, slice }) => slice.rate / gated)),
        ],
      ],
    ),
  ].join("\n\n");
}
