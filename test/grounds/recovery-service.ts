import { placeOf } from "../../src/features/directories/job-store.ts";
import { loadAccount, type Organisation } from "../../src/features/organisations/index.ts";
import { statusToken, statusTokenHash } from "../../src/features/recovery/status/token.ts";
import { insertRecovery } from "../../src/features/recovery/store.ts";
import { minutes, plus } from "../../src/kernel/time.ts";
import { browserHash } from "../../src/platform/http/index.ts";
import { invite } from "../harness/people.ts";
import type { Service } from "../harness/service.ts";

type Change = Readonly<{ attempts?: number; removed?: number; total?: number }>;

export const passValue = "kQ8#vT2!mZ5x";

/** Directories that nobody tells: `becomes` has the test do what an attempt would. `running` is the service at the moment. */
export async function openFollowed(running: () => Service, organisation: Organisation) {
  const { features, url } = running();
  const names = ["library", "entra"];
  for (const name of names) {
    const title = name === "entra" ? { en: "Microsoft 365" } : { en: "Library", fi: "Kirjasto" };
    const added = await features.directories.registry.add(
      organisation.id,
      {
        name,
        kind: "scim",
        title,
        setUpUrl: `${url}/help`,
        settings: { baseUrl: "http://127.0.0.1:1/scim" },
        secret: "none",
      },
      { actor: "operator" },
    );
    if ("problems" in added) throw new Error(JSON.stringify(added.problems));
  }
  /** A reset of an active account, made just now in the browser with this id. */
  async function reset(browserId: string) {
    const { db, composed, ...service } = running();
    const { clock, keyring, random } = composed;
    const { accountId } = await invite(service, organisation);
    const [id, now] = [random.id(), clock.now()];
    const token = statusToken(keyring, id);
    await db.updateTable("account").set({ state: "active", activated_at: now }).where("id", "=", accountId).execute();
    const account = await loadAccount(db, accountId);
    if (!account) throw new Error("nobody was invited");
    await db.transaction().execute(async (tx) => {
      await insertRecovery(
        tx,
        {
          id,
          tokenHash: statusTokenHash(keyring, token),
          organisationId: organisation.id,
          accountId,
          browserHash: browserHash(browserId),
          epoch: account.epoch,
          provedBy: "suomifi",
          provedAt: now,
          removed: ["totp", "passkey"],
          sessions: 3,
          reference: "R4T-8QN-21",
          returnTo: null,
        },
        now,
      );
      await service.features.directories.tell(tx, account, "reset", { id, at: now });
      // As if another node told of it, for as long as the test lasts.
      const leased = { leased_until: plus(now, minutes(60)) };
      await tx.updateTable("directory_job").set(leased).where("cause_id", "=", id).execute();
    });
    const job = (name: string) =>
      running()
        .db.selectFrom("directory_job")
        .innerJoin("directory", "directory.id", "directory_job.directory_id")
        .select("directory_job.id")
        .where("cause_id", "=", id)
        .where("directory.name", "=", name)
        .executeTakeFirstOrThrow();
    return {
      path: `/recover/status/${token}`,
      /** An attempt has come so far. */
      async becomes(name: string, change: Change) {
        const { id: jobId } = await job(name);
        await running().db.updateTable("directory_job").set(change).where("id", "=", jobId).execute();
      },
      /** It is done; with a pass, if it gives one. */
      async isDone(name: string, { pass = false } = {}) {
        const { id: jobId } = await job(name);
        const at = clock.now();
        const given = pass && {
          pass: keyring.seal(placeOf("pass", jobId), passValue),
          pass_expires_at: plus(at, minutes(60)),
        };
        const done = { state: "done", next_attempt_at: null, ended_at: at, removed: 2, total: 2, ...given };
        await running().db.updateTable("directory_job").set(done).where("id", "=", jobId).execute();
      },
    };
  }
  return { reset };
}
