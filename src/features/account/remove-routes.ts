import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formField } from "../../platform/http/index.ts";
import { listAuthenticators } from "../journey/index.ts";
import { lettingIn, makeBeginRemoveMethod, removalOf } from "./remove-method.ts";
import { removePage } from "./remove-page.ts";
import { type AccountDeps, drawWork, findSignedIn, frameOf } from "./signed-in-routes.ts";

export type RemoveDeps = AccountDeps & {
  goOn(request: FastifyRequest, reply: FastifyReply, journeyId: string): Promise<FastifyReply>;
};

/** `/account/remove/<authenticator>`: GET says what removing it means; the post to `/account/remove` begins it (USR-6). */
export function removeRoutes(app: FastifyInstance, deps: RemoveDeps): void {
  const { db, http, methods } = deps;
  const beginRemoveMethod = makeBeginRemoveMethod(deps);

  app.get<{ Params: { id: string } }>("/account/remove/:id", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect("/sign-in?to=account", 303);
    const { id } = request.params;
    const authenticators = await listAuthenticators(db, signedIn.account.id);
    const authenticator = authenticators.find((one) => one.id === id);
    if (!authenticator || removalOf(methods, signedIn, authenticators, id) !== "removable")
      return reply.redirect("/account", 303);
    const names = lettingIn(methods, signedIn);
    const left = authenticators.filter((one) => one.id !== id && names.includes(one.method));
    const frame = frameOf(deps, request, reply, signedIn);
    return drawWork(http, request, reply, frame, removePage(frame, { authenticator, left, methods }));
  });

  app.post("/account/remove", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect("/sign-in?to=account", 303);
    const authenticatorId = formField(request, "authenticator") ?? "";
    const authenticators = await listAuthenticators(db, signedIn.account.id);
    if (removalOf(methods, signedIn, authenticators, authenticatorId) !== "removable")
      return reply.redirect("/account", 303);
    const { browserHash } = http.origin(request, reply);
    return deps.goOn(request, reply, await beginRemoveMethod({ ...signedIn, authenticatorId }, browserHash));
  });
}
