import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import type { Given } from "../../src/features/activation/index.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { startSenders } from "../abuse/senders.ts";
import { type CardPki, startCardPki } from "../doubles/card-pki/index.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { freePort } from "../harness/free-port.ts";
import { invitedWithPin } from "../harness/people.ts";
import { type MovableClock, movableClock, startService } from "../harness/service.ts";

export type CardService = Awaited<ReturnType<typeof openCardService>>;

type Options = Readonly<{
  clock?: MovableClock;
  /** Besides, or instead of, the settings of an own card listener with TLS. */
  env?: Readonly<Record<string, string>>;
  /** Fields of the authority of the test cards. */
  authority?: Readonly<Record<string, unknown>>;
}>;

/** A card's own file, as operators keep it. */
export function writeAuthorities(pki: CardPki, given: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "vahva-authorities-"));
  const { issuers, chain, ...authority } = pki.authority(given);
  writeFileSync(join(folder, "issuers.pem"), issuers);
  writeFileSync(join(folder, "chain.pem"), chain);
  writeFileSync(
    join(folder, "test-cards.json"),
    JSON.stringify({ ...authority, issuers: "issuers.pem", chain: "chain.pem" }),
  );
  return folder;
}

/**
 * The whole service in production mode with a card listener at `https://card.localhost:<port>`, which trusts the cards of
 * the test authority. A visitor stops at that address; `present` goes there with a card, as the browser would.
 */
export async function openCardService({ clock = movableClock(), env = {}, authority = {} }: Options = {}) {
  const [pki, senders, cardPort] = await Promise.all([startCardPki(), startSenders(), freePort()]);
  const folder = writeAuthorities(pki, authority);
  writeFileSync(join(folder, "tls.crt"), pki.tls.certificate);
  writeFileSync(join(folder, "tls.key"), pki.tls.key);
  const service = await startService({
    clock,
    env: {
      ...senders.env,
      VAHVA_CARD_URL: `https://card.localhost:${cardPort}`,
      VAHVA_CARD_PORT: String(cardPort),
      VAHVA_CARD_AUTHORITIES: folder,
      ...(!env.VAHVA_CARD_HEADER && {
        VAHVA_CARD_TLS_CERT_FILE: join(folder, "tls.crt"),
        VAHVA_CARD_TLS_KEY_FILE: join(folder, "tls.key"),
      }),
      ...env,
    },
  });
  const inbox = () => senders.inbox();

  /** Leaves the page for the card listener; the address there. */
  async function leave(visitor: Visitor, button = "Show the card"): Promise<string> {
    const page = await visitor.submit({}, button);
    assert.match(page.leadsTo ?? "", /^https:\/\/(\w+\.)?card\.localhost:\d+\/[\w-]{43}$/, describe(page));
    return page.leadsTo ?? "";
  }

  /** To the card listener with a card, or without one, and back: the page that the person then stands at. */
  async function show(visitor: Visitor, card: string | null, button?: string) {
    const answer = await present(pki, await leave(visitor, button), card);
    assert.equal(answer.status, 303);
    return visitor.get(answer.location);
  }

  /** An invited person who has shown the PIN and stands at linking the card. */
  async function toLink(organisation: Organisation, given: Given = {}, visitor: Visitor = makeVisitor(service.url)) {
    const invited = await invitedWithPin({ ...service, inbox }, organisation, given);
    await visitor.get(invited.link);
    await visitor.submit({ pin: invited.pin });
    const offers = visitor.page().forms.some(({ buttons }) => buttons.some(({ value }) => value === "certificate"));
    const page = offers ? await visitor.submit({}, "certificate") : visitor.page();
    assert.match(page.heading, /Link your certificate card/, describe(page));
    return { ...invited, visitor };
  }

  /** An active account by this card alone. */
  async function activated(organisation: Organisation, card: string, given: Given = {}) {
    const invited = await toLink(organisation, given);
    const page = await show(invited.visitor, card);
    assert.match(page.heading, /Your account is active/, describe(page));
    return invited;
  }

  /** Somebody at the page that asks for the card. */
  async function toSignIn(path: string, visitor: Visitor = makeVisitor(service.url)): Promise<Visitor> {
    await visitor.get(path);
    const offers = visitor.page().forms.some(({ buttons }) => buttons.some(({ value }) => value === "certificate"));
    const page = offers ? await visitor.submit({}, "certificate") : visitor.page();
    assert.match(page.heading, /Show your certificate card/, describe(page));
    return visitor;
  }

  return {
    ...service,
    inbox,
    clock,
    senders,
    pki,
    cardPort,
    folder,
    visitor: () => makeVisitor(service.url),
    leave,
    present: (url: string, card: string | null, options?: PresentOptions) => present(pki, url, card, options),
    show,
    toLink,
    activated,
    toSignIn,
    /** Audited events of a type, the latest first. */
    async events(type: string) {
      const rows = await service.db
        .selectFrom("audit_event")
        .select(["result", "account_id", "detail"])
        .where("type", "=", type)
        .orderBy("at", "desc")
        .orderBy("number", "desc")
        .execute();
      return rows.map(({ detail, ...row }) => ({ ...row, ...(detail as { reason?: string; unchecked?: boolean }) })); // every event has one
    },
    close: async () => {
      await service.close();
      await Promise.all([senders.stop(), pki.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type PresentOptions = Readonly<{
  headers?: Readonly<Record<string, string>>;
  method?: string;
  maxVersion?: "TLSv1.2" | "TLSv1.3";
}>;
export type Presented = Readonly<{ status: number; location: string; headers: Readonly<Record<string, unknown>> }>;

/** What a browser with this card sends to the card listener. */
export function present(
  pki: CardPki,
  url: string,
  card: string | null,
  { headers = {}, method = "GET", maxVersion = "TLSv1.3" }: PresentOptions = {},
): Promise<Presented> {
  const { port, host, pathname } = new URL(url);
  const shown =
    card === null ? {} : { cert: readFileSync(pki.card(card).chain), key: readFileSync(pki.card(card).key) };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        path: pathname,
        method,
        headers: { host, ...headers },
        servername: "localhost",
        ca: pki.tls.ca,
        maxVersion,
        agent: false,
        ...shown,
      },
      (answer) => {
        answer.resume();
        answer.once("end", () =>
          resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "", headers: answer.headers }),
        );
      },
    );
    sent.once("error", reject).end();
  });
}

/** Two connections of one client, which takes the first one's TLS session up again if it can: whether it could. */
export async function takesUpSessions(
  { host = "127.0.0.1", port, ca }: Readonly<{ host?: string; port: number; ca: string }>,
  maxVersion: "TLSv1.2" | "TLSv1.3",
): Promise<boolean> {
  const once = (session?: Buffer) =>
    new Promise<{ reused: boolean; session: Buffer | undefined }>((resolve, reject) => {
      let [reused, kept] = [false, session];
      const socket = connect(
        { host, port, servername: "localhost", ca, maxVersion, ...(session && { session }) },
        () => {
          reused = socket.isSessionReused();
          kept = socket.getSession();
          socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        },
      );
      socket.on("session", (given: Buffer) => {
        kept = given;
      });
      socket
        .once("error", reject)
        .once("close", () => resolve({ reused, session: kept }))
        .resume();
    });
  const first = await once();
  return (await once(first.session)).reused;
}
