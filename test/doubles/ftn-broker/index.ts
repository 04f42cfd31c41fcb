import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JSONWebKeySet, JWK } from "jose";
import { type Clock, machineClock } from "../../../src/ports/clock.ts";
import { type Grant, makeAuthorization, type Shown } from "./authorize.ts";
import { makeDocuments } from "./documents.ts";
import { type BrokerKeys, makeBrokerKeys } from "./keys.ts";
import { type TestPerson, testPeople } from "./people.ts";
import { readPublishedKeys } from "./published-keys.ts";
import { makeReplays } from "./replays.ts";
import { settingsOf } from "./settings.ts";
import { type Profile, type Surface, surfaces } from "./surfaces.ts";
import type { Switches } from "./switches.ts";
import { makeTokenEndpoint } from "./token.ts";
import { fail, type Trouble, troubles } from "./trouble.ts";
import type { Entry, World } from "./world.ts";

export type FtnBrokerOptions = Readonly<{
  profile: Profile;
  clientId?: string;
  clientSecret?: string;
  redirectUris: readonly string[];
  /** The client's keys as the broker knows them: handed over, or read signed from where the client publishes them. */
  ourKeys: (() => Promise<JSONWebKeySet>) | Readonly<{ url: string; entityKey: JWK }>;
  environment?: "test" | "production";
  people?: readonly TestPerson[];
  serviceNames?: readonly string[];
  clock?: Clock;
  /** How ID tokens are encrypted, where that isn't as the profile usually has it. */
  encryption?: Surface["encryption"];
  /** Keys made before: they take a while, and many brokers in one test may share them. */
  keys?: BrokerKeys;
}>;

/**
 * An identification broker of the Finnish Trust Network on loopback, with the surface of one of the real ones, that refuses
 * what they refuse: `log` tells what was asked and why it was refused. `answerNext` makes the next answers go wrong.
 */
export async function startFtnBroker(options: FtnBrokerOptions) {
  const { profile, clientId = "vahva-test", environment = "test", clock = machineClock } = options;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP listener has one
  const usual = surfaces[profile](origin);
  const surface = { ...usual, encryption: options.encryption ?? usual.encryption };
  const keys = options.keys ?? (await makeBrokerKeys(clock));
  const log: Entry[] = [];
  const switches: { -readonly [Place in keyof Switches]?: Switches[Place] | undefined } = {};
  const { ourKeys } = options;
  const world: World = {
    profile,
    surface,
    origin,
    environment,
    clientId,
    clientSecret: options.clientSecret ?? null,
    redirectUris: options.redirectUris,
    serviceNames: options.serviceNames ?? ["Vahva"],
    people: options.people ?? testPeople,
    ourKeys: typeof ourKeys === "function" ? ourKeys : () => readPublishedKeys(ourKeys),
    keys,
    clock,
    requestReplays: makeReplays(),
    assertionReplays: makeReplays(),
    take(place) {
      const taken = switches[place];
      delete switches[place];
      return taken;
    },
    note: (entry) => void log.push(entry),
  };
  const grants = new Map<string, Grant>();
  const authorization = makeAuthorization(world, grants);
  const token = makeTokenEndpoint(world, grants);
  const documents = makeDocuments(world);
  const elsewhere = `${origin}/elsewhere`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? "/", origin);
    const posted = request.method === "POST" ? new URLSearchParams(await textOf(request)) : undefined;
    const { authorize, token: tokenPath } = surface.paths;
    if (at.pathname === authorize && (!posted || surface.posts))
      return show(response, await authorization.open(posted ?? at.searchParams));
    if (at.pathname === "/choose" && posted) return show(response, authorization.choose(posted));
    if (at.pathname === tokenPath && posted) {
      const trouble = world.take("token");
      if (trouble && trouble !== "refused") return fail(trouble, response, elsewhere);
      const answered = await token(posted, request.headers.authorization);
      const { status, body } = trouble ? { status: 400, body: { error: "invalid_grant" } } : answered;
      return send(response, status, "application/json", JSON.stringify(body));
    }
    const document = await documents(at);
    if (isTrouble(document)) return fail(document, response, elsewhere);
    send(response, document.status, document.type, document.content);
  }

  return {
    origin,
    issuer: surface.issuer,
    clientId,
    environment,
    /** What an operator of ours is told of the broker, and configures: `ftnKind.parse` takes it. */
    settings: settingsOf(world),
    log,
    /** Who it is, signed; always the same bytes, so that their hash can be known. */
    entityStatement: documents.entityStatement,
    /** How the next answer of each named place goes wrong; all others go well again. */
    answerNext(next: Partial<Switches>) {
      for (const place of Object.keys(switches) as (keyof Switches)[]) delete switches[place]; // keys are of their type
      Object.assign(switches, next);
    },
    /** For another broker to share. */
    keys,
    /** A new signing key from now on, beside the old one unless `overlap` is false. */
    rotateKeys: keys.rotate,
    /** A sentence on a disturbance, where the profile announces them; null when it is over. */
    announce: documents.announce,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
export type FtnBroker = Awaited<ReturnType<typeof startFtnBroker>>;

const isTrouble = (document: unknown): document is Trouble => troubles.some((each) => each === document);

function show(response: ServerResponse, shown: Shown): void {
  if ("location" in shown) response.writeHead(303, { location: shown.location }).end();
  else send(response, shown.status, "text/html; charset=utf-8", shown.html);
}

const send = (response: ServerResponse, status: number, type: string, content: string) =>
  void response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(content);

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
