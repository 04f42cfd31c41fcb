import type { Actor } from "../features/audit/index.ts";
import type { LocalisedText } from "../kernel/language.ts";

/** What the `application` commands need of the feature. */
export type Applications = {
  register(
    input: { organisationId: string | null; clientId?: string; settings: unknown },
    by: { actor: Actor },
  ): Promise<{ clientId: string; secret: string | null } | ApplicationProblems>;
  change(
    clientId: string,
    settings: unknown,
    by: { actor: Actor },
  ): Promise<"changed" | "no-such-application" | ApplicationProblems>;
  newSecret(clientId: string, by: { actor: Actor }): Promise<{ secret: string } | "no-such-application" | "no-secret">;
  close(clientId: string, by: { actor: Actor }): Promise<"closed" | "no-such-application">;
  find(clientId: string): Promise<{ clientId: string; organisationId: string | null; settings: unknown } | null>;
  list(page: {
    after?: string;
    limit: number;
  }): Promise<readonly { clientId: string; name: LocalisedText; type: string; open: boolean }[]>;
};

export type ApplicationProblems = { problems: readonly { field: string; says: string }[] };
