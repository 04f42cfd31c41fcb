import { Secret } from "../../kernel/secret.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { insertApplication, lockApplication, saveClosed, saveSecret, saveSettings } from "./application-store.ts";
import { type Application, type ApplicationSettings, applicationSettings } from "./domain/application.ts";

export type RegistryDeps = { db: Db; keyring: Keyring; clock: Clock; random: Random; audit: Audit };

/** What is wrong with what was given, field by field; never repeats a secret. */
export type SettingsProblems = { problems: readonly { field: string; says: string }[] };

export type Registration = {
  /** Whose accounts it takes; null for all organisations'. */
  organisationId: string | null;
  /** Made up when it is not given. */
  clientId?: string;
  /** As `applicationSettings` describes. */
  settings: unknown;
};

type By = { actor: Actor };

const clientIdForm = /^[A-Za-z0-9._-]{1,64}$/;

const hasSecret = ({ authentication }: ApplicationSettings) => authentication.startsWith("client_secret");

const makeSecret = (random: Random) => new Secret(random.bytes(32).toString("base64url"));

/** Registers an application (APP-2). Its secret, where it has one, is shown this once; it is kept sealed. */
export const makeRegisterApplication =
  ({ db, keyring, clock, random, audit }: RegistryDeps) =>
  async (
    { organisationId, clientId = random.id(), settings: input }: Registration,
    { actor }: By,
  ): Promise<{ clientId: string; secret: string | null } | SettingsProblems> => {
    const settings = parseSettings(input);
    if ("problems" in settings) return settings;
    if (!clientIdForm.test(clientId))
      return problem("clientId", "takes at most 64 letters, digits, dots, hyphens and underscores");
    const secret = hasSecret(settings) ? makeSecret(random) : null;
    const application: Application = { clientId, organisationId, settings, version: 1, createdAt: clock.now() };
    return db.transaction().execute(async (tx) => {
      if (!(await insertApplication(tx, keyring, application, secret)))
        return problem("clientId", "is taken by another application");
      await audit.record(tx, [event("application.registered", application, actor)]);
      return { clientId, secret: secret?.reveal() ?? null };
    });
  };

/**
 * Replaces an application's settings. One that begins to need a secret gets it by `makeNewSecret`; one that needs it no
 * more loses it.
 */
export const makeChangeApplication =
  ({ db, keyring, audit }: RegistryDeps) =>
  async (
    clientId: string,
    input: unknown,
    { actor }: By,
  ): Promise<"changed" | "no-such-application" | SettingsProblems> => {
    const settings = parseSettings(input);
    if ("problems" in settings) return settings;
    return db.transaction().execute(async (tx: Tx) => {
      const before = await lockApplication(tx, clientId);
      if (!before) return "no-such-application";
      const application = { ...before, settings };
      await saveSettings(tx, application);
      if (!hasSecret(settings)) await saveSecret(tx, keyring, clientId, null);
      await audit.record(tx, [event("application.changed", application, actor)]);
      return "changed";
    });
  };

/** A new secret; the old one stops working at once on every node. */
export const makeNewSecret =
  ({ db, keyring, random, audit }: RegistryDeps) =>
  (clientId: string, { actor }: By): Promise<{ secret: string } | "no-such-application" | "no-secret"> =>
    db.transaction().execute(async (tx) => {
      const application = await lockApplication(tx, clientId);
      if (!application) return "no-such-application";
      if (!hasSecret(application.settings)) return "no-secret";
      const secret = makeSecret(random);
      await saveSecret(tx, keyring, clientId, secret);
      await audit.record(tx, [event("application.secret-changed", application, actor)]);
      return { secret: secret.reveal() };
    });

/** Closes an application: from now on it gets no sign-ins and no tokens, and those it has are refused. */
export const makeCloseApplication =
  ({ db, audit }: RegistryDeps) =>
  (clientId: string, { actor }: By): Promise<"closed" | "no-such-application"> =>
    db.transaction().execute(async (tx) => {
      const application = await lockApplication(tx, clientId);
      if (!application) return "no-such-application";
      await saveClosed(tx, clientId);
      await audit.record(tx, [event("application.closed", application, actor)]);
      return "closed";
    });

const event = (type: string, { clientId, organisationId }: Application, actor: Actor) => ({
  type,
  result: "done" as const,
  actor,
  organisationId,
  detail: { application: clientId },
});

const problem = (field: string, says: string): SettingsProblems => ({ problems: [{ field, says }] });

function parseSettings(input: unknown): ApplicationSettings | SettingsProblems {
  const parsed = applicationSettings.safeParse(input);
  if (parsed.success) return parsed.data;
  return { problems: parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), says: message })) };
}
