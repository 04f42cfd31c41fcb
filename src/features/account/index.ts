import type { FastifyInstance } from "fastify";
import { accountRoutes } from "./account-routes.ts";
import { type CodeTestDeps, codeTestRoutes } from "./code-test-routes.ts";
import type { AccountDeps } from "./signed-in-routes.ts";

export { changePasswordPurpose } from "./change-password.ts";
export { linkMethodPurpose } from "./link-method.ts";

/** User services: what a person sees and does about their own account. */
export function account(deps: AccountDeps & CodeTestDeps) {
  return {
    routes: (app: FastifyInstance) => {
      accountRoutes(app, deps);
      codeTestRoutes(app, deps);
    },
  };
}
