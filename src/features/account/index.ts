import type { FastifyInstance } from "fastify";
import { accountRoutes } from "./account-routes.ts";
import { type CodeTestDeps, codeTestRoutes } from "./code-test-routes.ts";
import type { FreezeDeps } from "./freeze/freeze-account.ts";
import { notMeRoutes } from "./freeze/not-me-routes.ts";
import { type RemoveDeps, removeRoutes } from "./remove-routes.ts";

export { changePasswordPurpose } from "./change-password.ts";
export { makeThawAccount, type Thawed } from "./freeze/thaw-account.ts";
export { linkMethodPurpose } from "./link-method.ts";
export { removeMethodPurpose } from "./remove-method.ts";

/** User services: what a person sees and does about their own account. */
export function account(deps: RemoveDeps & CodeTestDeps & FreezeDeps) {
  return {
    routes: (app: FastifyInstance) => {
      accountRoutes(app, deps);
      removeRoutes(app, deps);
      codeTestRoutes(app, deps);
      notMeRoutes(app, deps);
    },
  };
}
