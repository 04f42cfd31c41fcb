import { short, table } from "../measure/numbers.ts";
import type { Usage } from "../measure/peer.ts";
import type { Party } from "../parties/application.ts";

type Held = { party: Party; idle: Usage; loaded: Usage };

const megabytes = (bytes: number) => short(bytes / 2 ** 20);

/** What the two servers held before and after everything else here was asked of them. */
export const memorySection = (held: readonly Held[]): string =>
  [
    "## Memory",
    "Resident megabytes: as it began to serve, after the load above, and the most it ever held.",
    table(
      ["", "begun", "after", "most"],
      held.map(({ party, idle, loaded }) => [
        party.name,
        megabytes(idle.rss),
        megabytes(loaded.rss),
        megabytes(loaded.peak),
      ]),
    ),
  ].join("\n\n");
