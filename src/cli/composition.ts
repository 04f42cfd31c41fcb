import type { IdentityBrokers } from "../brokers.ts";
import type { Config } from "../config.ts";
import type { makeThawAccount } from "../features/account/index.ts";
import type { makeImport, makeInvite, makeRevoke, makeSendAgain } from "../features/activation/index.ts";
import type { ApplicationRegistry } from "../features/applications/index.ts";
import type { Audit, AuditKeeper, AuditReader } from "../features/audit/index.ts";
import type { makeImportTokens } from "../features/authenticators/totp/index.ts";
import type { Cases } from "../features/cases/index.ts";
import type { makeDirectories } from "../features/directories/index.ts";
import type { Messages } from "../features/messages/index.ts";
import type { makeChangeOrganisation, makeCreateOrganisation } from "../features/organisations/index.ts";
import type { Support } from "../features/support/index.ts";
import type { Db } from "../platform/database/index.ts";
import type { Clock } from "../ports/clock.ts";

/** What commands work with: the service's parts without its pages. */
export type Context = {
  config: Config;
  db: Db;
  clock: Clock;
  features: {
    organisations: {
      createOrganisation: ReturnType<typeof makeCreateOrganisation>;
      changeOrganisation: ReturnType<typeof makeChangeOrganisation>;
    };
    inviting: {
      invite: ReturnType<typeof makeInvite>;
      importPeople: ReturnType<typeof makeImport>;
      sendAgain: ReturnType<typeof makeSendAgain>;
      revoke: ReturnType<typeof makeRevoke>;
    };
    accounts: { thaw: ReturnType<typeof makeThawAccount> };
    tokens: { importTokens: ReturnType<typeof makeImportTokens> };
    applications: ApplicationRegistry;
    identityBrokers: IdentityBrokers;
    directories: Pick<ReturnType<typeof makeDirectories>, "registry" | "desk" | "sync">;
    support: Support;
    cases: Cases;
    audit: Audit & AuditReader & AuditKeeper;
    messages: Messages;
  };
  /** Ends everything that was opened, the embedded database too if nobody else uses it. */
  close(): Promise<void>;
};

export type ComposeOptions = {
  config: Config;
  /** The service claims the data folder and migrates; a command shares the folder, and is told when migrations are due. */
  claim: boolean;
  /** What an operator should read while it opens. */
  log: (line: string) => void;
};

/** What `vahva start` says of a demo: where to look first. */
export type DemoTour = { application: string; inbox: string; systems: string; invitation: string | null };

export type Served = {
  url: string;
  demo: DemoTour | null;
  /** Takes no new request, ends those under way, then resolves. */
  close(): Promise<void>;
};

/** What `src/main.ts` gives to the command line. */
export type Composition<C extends Context = Context> = {
  compose(options: ComposeOptions): Promise<C>;
  serve(composed: C): Promise<Served>;
};
