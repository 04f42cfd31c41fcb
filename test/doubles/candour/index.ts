import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Clock, machineClock } from "../../../src/ports/clock.ts";
import { freePort } from "../../harness/free-port.ts";
import { fail, type Trouble } from "../ftn-broker/trouble.ts";
import { type TestDocument, testDocuments } from "./documents.ts";
import { closedPage, invitationPage } from "./page.ts";
import { isSigned, readWanted, type Wanted } from "./requests.ts";

type Result = Readonly<Record<string, unknown>>;
type Session = { id: string; invitation: string; wanted: Wanted; result: Result };
type Step = "create" | "read" | "erase";

type Failure = Trouble | 401 | 403 | 404;

/** How the next answers of each step go wrong, and where the next invitation leads; what comes after goes as usual. */
export type Switches = Readonly<Partial<Record<Step, readonly Failure[]>> & { link?: string; session?: string }>;

/** What a person does at the invitation. */
export type Act = `show ${string}` | "stranger" | "phone" | "cancel";

const clientId = "7c0b2a54-6d0e-4c0e-9a55-0f6f3f1f3c11";
const secret = "a secret of the double of Candour";

/**
 * Candour ID as three open integrations know it: create, read and erase a session, each signed; and the page where its
 * person shows a document. Of the session nothing is told before the page was used: `pending`.
 */
export async function startCandour({ clock = machineClock }: { clock?: Clock } = {}) {
  const sessions = new Map<string, Session>();
  const log: { at: Step | "invitation" | "unsigned"; status: number }[] = [];
  let wrong: Switches = {};
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;

  const change = (session: Session, result: Result) => {
    session.result = { ...session.result, updatedAt: clock.now().toISOString(), ...result };
  };
  const documentOf = (id: string): TestDocument => {
    const found = testDocuments.find((document) => document.id === id);
    if (!found) throw new Error(`there is no document ${id}`);
    return found;
  };
  /** What the person does; `more` is told otherwise than it was. */
  function act(session: Session, what: Act, more: Result = {}): void {
    const shown = what.startsWith("show ") ? documentOf(what.slice(5)) : null;
    if (shown) {
      const { id: _, ...told } = shown;
      const name = `${told.firstName} ${told.lastName}`;
      change(session, {
        status: "finished",
        identityVerified: true,
        verificationMethod: "rfidApp",
        name,
        ...told,
        ...more,
      });
    } else if (what === "stranger") change(session, { status: "finished", identityVerified: false, ...more });
    else if (what === "cancel") change(session, { status: "cancelled", ...more });
  }

  function create(body: Buffer): [number, object] {
    const wanted = readWanted(body, clock.now());
    if (typeof wanted === "string") return [400, { error: wanted }];
    const id = wrong.session ?? randomUUID();
    const invitation = randomUUID();
    const link = wrong.link ?? `${origin}/invitation?invitationGuid=${invitation}`;
    const made = { verificationSessionId: id, status: "pending", identityVerified: false, verificationTries: 0 };
    const result = { ...made, timestamp: clock.now().toISOString(), invitationLink: link };
    sessions.set(id, { id, invitation, wanted, result });
    return [200, { verificationSessionId: id, invitationLink: link }];
  }
  const read = (id: string): [number, object] => {
    const session = sessions.get(id);
    return session ? [200, session.result] : [404, { error: "not found" }];
  };
  const erase = (id: string): [number, object] => (sessions.delete(id) ? [200, {}] : [404, { error: "not found" }]);

  async function api(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const body = await bodyOf(request);
    const step = ({ POST: "create", GET: "read", DELETE: "erase" } as const)[request.method ?? ""];
    const { "x-auth-client": client, "x-hmac-signature": signature } = request.headers;
    const answer = (at: (typeof log)[number]["at"], status: number, content: object) => {
      log.push({ at, status });
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    };
    if (!step || (step === "create") !== (id === "")) return answer("unsigned", 404, {});
    if (client !== clientId || !isSigned(step === "create" ? body : id, signature, secret))
      return answer("unsigned", 401, { error: "signature" });
    const [failure, ...failures] = wrong[step] ?? [];
    wrong = { ...wrong, [step]: failures };
    if (typeof failure === "number") return answer(step, failure, {});
    if (failure) {
      log.push({ at: step, status: 0 });
      return fail(failure, response, `${origin}/elsewhere`);
    }
    const [status, content] = step === "create" ? create(body) : step === "read" ? read(id) : erase(id);
    const { link: _link, session: _session, ...left } = wrong;
    if (step === "create") wrong = left;
    answer(step, status, content);
  }

  async function page(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const posted = request.method === "POST" ? new URLSearchParams((await bodyOf(request)).toString()) : null;
    const invitation = (posted ?? query).get("invitationGuid");
    const session = [...sessions.values()].find((each) => each.invitation === invitation);
    log.push({ at: "invitation", status: session ? 200 : 404 });
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (session?.result.status !== "pending") return void response.writeHead(404).end(closedPage());
    if (!posted) return void response.end(invitationPage(session.invitation, testDocuments));
    // What the button says; whatever else is posted does nothing.
    act(session, (posted.get("act") ?? "phone") as Act);
    response.writeHead(303, { location: session.wanted.callbackUrl }).end();
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", origin);
    const [, version, id = ""] = pathname.split("/");
    const done = version === "v1" ? api(request, response, id) : page(request, response, searchParams);
    done.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  const latest = (): Session => {
    const session = [...sessions.values()].at(-1);
    if (!session) throw new Error("no session was opened");
    return session;
  };
  return {
    origin,
    /** As an operator gives them. */
    settings: { clientId, baseUrl: `${origin}/v1` },
    secret,
    /** What was asked of it, in order. */
    log,
    /** How many sessions it keeps. */
    kept: () => sessions.size,
    /** Their names, in the order in which they were opened. */
    sessions: () => [...sessions.keys()],
    /** What the latest session was opened by. */
    wanted: () => latest().wanted,
    answerNext: (switches: Switches) => {
      wrong = switches;
    },
    /** What the person of the latest session does on their phone; `more` is told otherwise than it was. */
    act: (what: Act, more: Result = {}) => act(latest(), what, more),
    /** What is told of the latest session from now on. */
    tell: (more: Result) => change(latest(), more),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export type Candour = Awaited<ReturnType<typeof startCandour>>;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
