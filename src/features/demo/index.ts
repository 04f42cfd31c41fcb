import type { FastifyInstance } from "fastify";
import { type ApplicationDeps, applicationRoutes } from "./application-routes.ts";
import { type BankDeps, bankRoutes } from "./bank/index.ts";
import { type DirectoryDeps, directoryRoutes } from "./directory/routes.ts";
import { type InboxDeps, inboxRoutes } from "./inbox-routes.ts";
import { type ProofingDeps, proofingRoutes } from "./proofing/index.ts";

export { type DemoTour, type PrepareDeps, prepareDemo } from "./prepare.ts";

/** The demo's pages. Only for demo mode: they show PINs and links to everybody on this machine. */
export function demo(deps: ApplicationDeps & InboxDeps & BankDeps & ProofingDeps & DirectoryDeps) {
  return {
    routes: (app: FastifyInstance) => {
      applicationRoutes(app, deps);
      inboxRoutes(app, deps);
      bankRoutes(app, deps);
      proofingRoutes(app, deps);
      directoryRoutes(app, deps);
    },
  };
}
