import type { FastifyInstance } from "fastify";
import type { Db } from "../../../platform/database/index.ts";
import { formField, type Http } from "../../../platform/http/index.ts";
import { type DemoDirectories, moods } from "../../../ports/demo-directory.ts";
import { drawDemo, viewOf } from "../page-routes.ts";
import { directoryPage } from "./page.ts";
import { demoSystems, recoverable, universitySlug } from "./university.ts";

export type DirectoryDeps = Readonly<{ db: Db; http: Http; demoDirectories: DemoDirectories }>;

type Named = { Params: { name: string } };

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `/demo/directory`: the university's other systems, to be watched and made to fail. */
export function directoryRoutes(app: FastifyInstance, deps: DirectoryDeps): void {
  const { http, demoDirectories } = deps;
  const isKnown = (name: string) => demoSystems.some((system) => system.name === name);

  app.get("/demo/directory", async (request, reply) => {
    const view = viewOf(http, request, reply);
    const systems = await Promise.all(
      demoSystems.map(async ({ name, title }) => ({
        name,
        title,
        mood: await demoDirectories.mood(name),
        accounts: await demoDirectories.accounts(name),
      })),
    );
    const recover = `/recover?organisation=${universitySlug}`;
    const page = directoryPage(view, { systems, recover, person: recoverable.email });
    return drawDemo(deps, request, reply, view, page, universitySlug);
  });

  app.post<Named>("/demo/directory/:name/mood", async (request, reply) => {
    const mood = moods.find((each) => each === formField(request, "mood"));
    const { name } = request.params;
    if (mood && isKnown(name)) await demoDirectories.setMood(name, mood);
    return reply.redirect("/demo/directory", 303);
  });

  app.post<Named>("/demo/directory/:name/link", async (request, reply) => {
    const account = formField(request, "account") ?? "";
    const { name } = request.params;
    if (idForm.test(account) && isKnown(name)) await demoDirectories.link(name, account);
    return reply.redirect("/demo/directory", 303);
  });
}
