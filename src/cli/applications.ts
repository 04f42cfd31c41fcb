import type { Actor } from "../features/audit/index.ts";
import type { LocalisedText } from "../kernel/language.ts";
import type { Secret } from "../kernel/secret.ts";

/** What the `application` commands need of the feature. Settings are checked there. */
export type Applications = {
  registerApplication(
    input: Settings & { clientId?: string; organisation?: string },
    actor: Actor,
  ): Promise<Registered | Invalid | { refused: "taken" }>;
  /** Replaces all settings. */
  changeApplication(
    clientId: string,
    settings: Settings,
    actor: Actor,
  ): Promise<Registered | Invalid | { refused: "unknown" }>;
  rotateSecret(clientId: string, actor: Actor): Promise<Registered | { refused: "unknown" | "without-secret" }>;
  closeApplication(clientId: string, actor: Actor): Promise<"closed" | "unknown">;
  /** An open application, without its secret. */
  findApplication(
    clientId: string,
  ): Promise<{ clientId: string; organisationId: string | null; settings: object } | null>;
  listApplications(page: {
    after?: string;
    limit: number;
  }): Promise<readonly { clientId: string; name: LocalisedText; type: string; open: boolean }[]>;
};

/** As in the reference of applications; whatever is wrong with them comes back as problems. */
export type Settings = Readonly<Record<string, unknown>>;

export type Registered = { clientId: string; secret: Secret | null };
export type Invalid = { refused: "invalid"; problems: readonly { path: string; message: string }[] };
