import type { LocalisedText } from "../../../kernel/language.ts";
import type { Origin } from "../../../kernel/origin.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Audit } from "../../audit/index.ts";
import type { Directories } from "../../directories/index.ts";
import { lockAccount } from "../../organisations/index.ts";
import type { Reset } from "./store.ts";

type Deps = { db: Db; audit: Audit; directories: Pick<Directories, "follow" | "takePass"> };

/** A pass to be shown this once; `pass` is null where it was shown before, its time is over, or the account is shut. */
export type ShownPass = Readonly<{
  directory: LocalisedText;
  setUpUrl: string | null;
  pass: Readonly<{ value: string; expiresAt: Instant }> | null;
}>;

/** Takes the pass of one of the reset's jobs; null where it has no such job. Whoever calls it knows that the browser is the reset's own. */
export const makeShowPass =
  ({ db, audit, directories }: Deps) =>
  (reset: Reset, jobId: string, { network, reference }: Pick<Origin, "network" | "reference">) =>
    db.transaction().execute(async (tx): Promise<ShownPass | null> => {
      const told = (await directories.follow(tx, reset.id)).find(({ id }) => id === jobId);
      if (!told) return null;
      const account = await lockAccount(tx, reset.accountId);
      const pass = account?.state === "active" ? await directories.takePass(tx, jobId) : null;
      if (pass)
        await audit.record(tx, [
          {
            type: "recovery.pass-shown",
            result: "done",
            actor: `account:${reset.accountId}`,
            organisationId: reset.organisationId,
            accountId: reset.accountId,
            network,
            reference,
            detail: { recovery: reset.id, directory: told.kind },
          },
        ]);
      return { directory: told.title, setUpUrl: told.setUpUrl, pass };
    });
