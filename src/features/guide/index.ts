import type { FastifyInstance } from "fastify";
import { type GuideDeps, guideRoutes } from "./routes.ts";

/** Step-by-step guides, with pictures, that print on one sheet each (GUI-3). */
export const guides = (deps: GuideDeps) => ({ routes: (app: FastifyInstance) => guideRoutes(app, deps) });
