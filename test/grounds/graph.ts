import assert from "node:assert/strict";
import { makeGraphKind } from "../../src/adapters/graph/index.ts";
import { type Instant, minutes, plus, seconds } from "../../src/kernel/time.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import type { Carried, DirectoryProgress, DirectorySubject, DirectoryTask } from "../../src/ports/directory.ts";
import { makeRsaCertificate } from "../doubles/certificate.ts";
import { startGraph } from "../doubles/graph/index.ts";
import type { GraphUser } from "../doubles/graph/world.ts";

/** Made once: it takes a while. */
export const graphCertificate = makeRsaCertificate("vahva");

export const subjectOf = (user: Pick<GraphUser, "userPrincipalName" | "mail">): DirectorySubject => ({
  accountId: "0199c0de-0000-7000-8000-000000000001",
  userName: user.userPrincipalName,
  email: user.mail ?? user.userPrincipalName,
  phone: null,
  givenName: "Tero",
  familyName: "Testi",
  language: "fi",
  category: "student",
  roles: [],
  isActive: true,
});

type Options = Readonly<{ settings?: Readonly<Record<string, unknown>>; permissions?: readonly string[] }>;

/** The real adapter before Graph's double, on a clock that is moved by hand; where it waits, the clock goes on. */
export async function openGraphGround({ settings = {}, permissions }: Options = {}) {
  const clock = fakeClock();
  const { certificate, privateKey } = graphCertificate;
  const graph = await startGraph({ certificate, clock, ...(permissions && { permissions }) });
  const waits: number[] = [];
  const kind = makeGraphKind(async (duration) => {
    waits.push(duration);
    clock.advance(duration);
  });
  const connect = (more: Readonly<Record<string, unknown>> = {}, secret: string | null = privateKey) => {
    const parsed = kind.parse({ ...graph.settings, ...settings, ...more });
    assert.ok("settings" in parsed, JSON.stringify(parsed));
    return kind.connect({ name: "entra", kind: "graph", settings: parsed.settings, secret }, { publicUrl: "" });
  };
  let directory = connect();

  /** One task, carried again and again as the directories' room does it, with what it remembers. */
  function begin(user: GraphUser | DirectorySubject, task?: DirectoryTask, now: () => Instant = clock.now) {
    const subject = "userName" in user ? user : subjectOf(user);
    const carries: DirectoryTask = task ?? { task: "reset", madeAt: clock.now() };
    let memory: string | null = null;
    const progress: DirectoryProgress[] = [];
    const attempt = (signal = new AbortController().signal): Promise<Carried> =>
      directory.carry(carries, subject, {
        memory,
        remember: async (noted, made) => {
          memory = noted;
          progress.push(made);
        },
        now,
        signal,
      });
    return {
      attempt,
      progress,
      memory: () => memory,
      /** Until it is done or failed, each attempt when it may be, or half a minute after the last. */
      async finish(most = 60): Promise<Carried> {
        for (let attempts = 0; attempts < most; attempts += 1) {
          const carried = await attempt();
          if (carried.result !== "later") return carried;
          clock.advance(carried.retryAfter ?? seconds(30));
        }
        throw new Error(`not over after ${most} attempts`);
      },
    };
  }

  /** A person with a security key, an app that is the default, a code app and two numbers, linked some days ago. */
  function addPerson(userPrincipalName = "tero@koivula.example", more: Partial<GraphUser> = {}) {
    const user = graph.addUser({ userPrincipalName, ...more });
    const now = clock.now();
    const linked = (days: number): { createdAt: Instant } => ({ createdAt: plus(now, -minutes(1440 * days)) });
    graph.link(user, "microsoftAuthenticator", linked(30));
    graph.link(user, "fido2", linked(20));
    graph.link(user, "softwareOath", linked(10));
    graph.linkPhone(user, "mobile", "+358 401234567");
    graph.linkPhone(user, "alternateMobile", "+358 501234567");
    user.defaultMethodId = user.methods[0]?.id ?? null;
    clock.advance(minutes(5));
    return user;
  }

  return {
    clock,
    graph,
    waits,
    connect,
    begin,
    addPerson,
    directory: () => directory,
    /** From now on by these settings. */
    use: (more: Readonly<Record<string, unknown>>, secret: string | null = privateKey) => {
      directory = connect(more, secret);
    },
    stop: graph.stop,
  };
}
export type GraphGround = Awaited<ReturnType<typeof openGraphGround>>;
