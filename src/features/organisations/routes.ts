import type { FastifyInstance } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import { findOrganisation, loadLogo } from "./store.ts";

const address = /^([a-z0-9-]+)-([0-9a-f]{32})$/;

/** `/brand/logo/<slug>-<hash>`: an organisation's logo. Its address changes with it, so it may be kept for ever. */
export function organisationRoutes(app: FastifyInstance, { db }: { db: Db }): void {
  app.get<{ Params: { name: string } }>("/brand/logo/:name", async (request, reply) => {
    const [, slug, hash] = address.exec(request.params.name) ?? [];
    const organisation = slug ? await findOrganisation(db, slug) : null;
    if (!organisation || organisation.logoHash !== hash) return reply.callNotFound();
    const logo = await loadLogo(db, organisation.id);
    if (!logo) return reply.callNotFound();
    return reply.header("cache-control", "public, max-age=31536000, immutable").type(logo.type).send(logo.bytes);
  });
}
