import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { seconds } from "../../../kernel/time.ts";
import type { Http } from "../../../platform/http/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import { isOver, stageOf } from "./domain/progress.ts";
import type { Follow, OfReset } from "./followed-routes.ts";
import { progress } from "./pages.ts";
import { makeStreams } from "./streams.ts";
import { type Glance, glimpse, type Pace, usualPace, watch } from "./watch.ts";

/** Of one reset as many as a person has devices, and some; of all what the database answers each second without noticing. */
const limits = { perReset: 6, perNode: 300 };

/** Whoever finds no place is told how it is this often. */
const withoutPlace = seconds(10);

type Deps = { clock: Clock; http: Http; follow: Follow; pace?: Pace };

/**
 * `/recover/status/<token>/events`: the list of the page whenever it changes, as server-sent events. Each holds all there
 * is to tell, so that nothing is lost when a browser reconnects, to this node or another.
 */
export function eventRoutes(app: FastifyInstance, { clock, http, follow, pace = usualPace }: Deps): void {
  const streams = makeStreams(limits);
  const stopping = new AbortController();
  // A stream that goes on would hold the node up when it stops (OPS-4).
  app.addHook("preClose", async () => stopping.abort());

  const config = { machine: true, isStream: true };
  app.get<OfReset>("/recover/status/:token/events", { config, exposeHeadRoute: false }, async (request, reply) => {
    const found = await follow(request);
    if (!found) return http.fail(request, reply, "not-found");
    const look = async (): Promise<Glance> => {
      const view = await found.view();
      const stage = stageOf(view.directories, view.madeAt, view.now);
      return { fragment: progress(view).toString(), isOver: isOver(stage) };
    };
    // Some proxies keep an answer back until it has ended.
    reply.type("text/event-stream; charset=utf-8").header("x-accel-buffering", "no");
    const leave = stopping.signal.aborted ? null : streams.enter(found.reset.id);
    if (!leave) return reply.send(glimpse(await look(), withoutPlace));
    const gone = new AbortController();
    reply.raw.once("close", () => {
      leave();
      gone.abort();
    });
    const signal = AbortSignal.any([stopping.signal, gone.signal]);
    return reply.send(Readable.from(watch({ look, clock, signal, pace })));
  });
}
