import type { FastifyInstance } from "fastify";
import { type GuideDeps, guideRoutes } from "./routes.ts";

/** Problem situations and their cures (GUI-4), and step-by-step guides that print on one sheet each (GUI-3). */
export const guides = (deps: GuideDeps) => ({ routes: (app: FastifyInstance) => guideRoutes(app, deps) });
