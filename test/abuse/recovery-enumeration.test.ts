import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCreateAccounts, type Organisation } from "../../src/features/organisations/index.ts";
import { systemRandom } from "../../src/ports/random.ts";
import { makeVisitor } from "../harness/agent.ts";
import { makeOrganisation } from "../harness/people.ts";
import { type Service, startService } from "../harness/service.ts";

/** One way back in for a quarter each; half of each quarter are accounts. */
const addresses = 1_000;
/** Between two pairs (ms): in the queue for the processor every answer would take as long as any other, and hide what it took. */
const apart = 30;
const looks = 5;
const most = 0.55;

const ways = ["password", "order", "reset", "guest"] as const;
type Way = (typeof ways)[number];
/** An account's address and nobody's. Of one pair in five the pages are looked at too, which are the slower part. */
type Pair = Readonly<{ way: Way; real: string; unknown: string; isLookedAt: boolean }>;
type Phase = "begun" | "page" | "posted";
type Answer = Readonly<{ shape: string; time: number; location: string }>;
/** What was seen of one step by whoever asked for both at the same moment. */
type Seen = Readonly<{ step: string; phase: Phase; real: Answer; unknown: Answer }>;

let service: Service;
const organisations = new Map<Way, Organisation>();

before(async () => {
  service = await startService({ bank: true, env: { VAHVA_TRUSTED_PROXIES: "127.0.0.1,::1" } });
  const chooses = await makeOrganisation(service, "chooses", { emailCategories: { "guests.example": "guest" } });
  const orders = await makeOrganisation(service, "orders", { policy: { password: { way: "temporary" } } });
  for (const way of ways) organisations.set(way, way === "order" ? orders : chooses);
});
after(() => service.close());

const organisationFor = (way: Way): Organisation => {
  const organisation = organisations.get(way);
  assert.ok(organisation);
  return organisation;
};

/** As long as any other, so that what is on a page is as long too. */
const newAddress = (way: Way): string =>
  `${systemRandom.digits(12)}@${way === "guest" ? "guests.example" : "people.example"}`;

/** Pairs of one way; the accounts are active, with a password and an app. */
async function makePairs(way: Way, count: number): Promise<Pair[]> {
  const all = Array.from({ length: count }, (_, at) => ({
    way,
    real: newAddress(way),
    unknown: newAddress(way),
    isLookedAt: at % 5 === 0,
  }));
  const { id: organisationId } = organisationFor(way);
  const now = service.clock.now();
  await service.db.transaction().execute(async (tx) => {
    const accounts = await makeCreateAccounts({ clock: service.clock, random: systemRandom })(
      tx,
      all.map(({ real: email }) => ({
        organisationId,
        givenName: "Aino",
        familyName: "Virta",
        language: "en",
        email,
        phone: null,
        category: way === "guest" ? "guest" : "staff",
        state: "active",
      })),
    );
    const linked = accounts.flatMap((account) => {
      assert.ok(typeof account === "object");
      const common = { account_id: account.id, name: null, linked_at: now, last_used_at: null };
      return ["password", "totp"].map((method) => ({ ...common, id: systemRandom.id(), method }));
    });
    await tx.insertInto("authenticator").values(linked).execute();
  });
  return all;
}

/** What differs between two answers to anybody, taken out. */
const normalised = (text: string, email: string): string =>
  text
    .replaceAll(email, "NAME")
    .replaceAll(encodeURIComponent(email), "NAME")
    .replace(/[\w-]{43,}(?:\.[\w-]{43,})*/g, "RANDOM")
    .replace(/[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{2}/g, "REFERENCE")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");

/** One browser for all, each request from a network of its own, so that no throttle tells anything. */
async function makeAsker() {
  const visitor = makeVisitor(service.url);
  await visitor.get("/recover");
  const { form_token = "" } = visitor.hidden({ email: "" });
  const cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  let networks = 0;

  const send = async (path: string, email: string, fields?: Record<string, string>): Promise<Answer> => {
    networks += 1;
    const network = `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}`;
    const post = fields && { method: "POST", body: new URLSearchParams({ form_token, ...fields }) };
    const began = performance.now();
    const answer = await fetch(new URL(path, service.url), {
      headers: { cookie, "x-forwarded-for": network, "accept-language": "en" },
      redirect: "manual",
      ...post,
    });
    const text = await answer.text();
    const time = performance.now() - began;
    const headers = [...answer.headers].filter(([name]) => name !== "date");
    const parts = [answer.status, text.length, normalised(JSON.stringify(headers), email), normalised(text, email)];
    return { shape: parts.join("\n"), time, location: answer.headers.get("location") ?? "" };
  };

  /** What is seen on the way of a pair, the e-mail's arrival aside: each step of both at the same moment. */
  return async ({ way, real, unknown, isLookedAt }: Pair): Promise<Seen[]> => {
    const seen: Seen[] = [];
    const address = { real, unknown };
    type Request = (which: "real" | "unknown") => [path: string, fields?: Record<string, string>];
    const ask = async (phase: Phase, step: string, request: Request) => {
      // Whichever is sent first is served first: by turns, by chance.
      const isFirst = systemRandom.bytes(1).readUInt8() % 2 === 0;
      const order = isFirst ? (["real", "unknown"] as const) : (["unknown", "real"] as const);
      const sent = order.map((which) => {
        const [path, fields] = request(which);
        return send(path, address[which], fields);
      });
      const [first, second] = await Promise.all(sent);
      assert.ok(first && second);
      const answers = isFirst ? { real: first, unknown: second } : { real: second, unknown: first };
      seen.push({ phase, step, ...answers });
      return answers;
    };
    const start = `/recover?organisation=${organisationFor(way).slug}`;
    const begun = await ask("begun", "recover", (which) => [start, { email: address[which] }]);
    const page = async (step: string, at: Record<"real" | "unknown", Answer>) =>
      isLookedAt && ask("page", step, (which) => [at[which].location]);
    const post = (step: string, fields: Record<string, string>) =>
      ask("posted", step, (which) => [begun[which].location, fields]);
    await page(`${way} page`, begun);
    if (way === "reset") {
      await post("way", { step: "recovery-way", way });
      await page("banks", begun);
      await post("departure", { step: "identity-proofed", means: "demo-bank fi-kuusi" });
    } else {
      const chosen: Record<string, string> = way === "guest" ? { message: "My phone is gone." } : { way };
      await page(`${way} told`, await post(`${way} asked`, { step: "recovery-way", ...chosen }));
    }
    return seen;
  };
}

/** In a random order: whatever else the machine does meets all ways alike. */
async function look(): Promise<Seen[][]> {
  const lists = await Promise.all(ways.map((way) => makePairs(way, addresses / 2 / ways.length)));
  const waiting = lists
    .flat()
    .map((pair) => ({ pair, at: systemRandom.bytes(6).readUIntBE(0, 6) }))
    .sort((one, other) => one.at - other.at);
  const ask = await makeAsker();
  const seen: Promise<Seen[]>[] = [];
  for (const { pair } of waiting) {
    await sleep(apart);
    seen.push(ask(pair));
  }
  return Promise.all(seen);
}

/** How often whoever has learnt of one half of the pairs which address is slower, the account's or nobody's, is right of the other half. */
function accuracyOf(isRealSlower: readonly boolean[]): number {
  const half = (odd: number) => isRealSlower.filter((_, at) => at % 2 === odd);
  const right = [0, 1].flatMap((odd) => {
    const learnt = half(odd);
    const saysReal = learnt.filter(Boolean).length * 2 > learnt.length;
    return half(1 - odd).filter((isSlower) => isSlower === saysReal);
  });
  return right.length / isRealSlower.length;
}

/** What time tells: of the whole way, of its beginning, and of what is posted there. */
function timeTells(pairs: readonly Seen[][]): Map<string, number> {
  const tell = (isMeant: (seen: Seen) => boolean): number =>
    accuracyOf(
      pairs.map((steps) => {
        const lead = steps.filter(isMeant).reduce((sum, { real, unknown }) => sum + real.time - unknown.time, 0);
        return lead > 0;
      }),
    );
  return new Map([
    ["whole way", tell(() => true)],
    ["beginning", tell(({ phase }) => phase === "begun")],
    ["posts", tell(({ phase }) => phase === "posted")],
  ]);
}

/**
 * What an answer looks like is one and the same for everybody, so that nothing can be learnt of it. Of time a guess is right
 * about half the times, not exactly: of 500 pairs the share strays from 50 % by 2.2 points (one standard deviation) to either
 * side, so that one in 40 is above 55 % by chance. What tells accounts from nobody does so in every look; that chance does so
 * in five looks on end, of one of three features, happens once in 30 million times.
 */
test(`REC-6 T94 ${addresses} addresses, half of them accounts: no answer and no time tells which`, async (t) => {
  const suspects: Map<string, number>[] = [];
  for (let round = 0; round < looks; round += 1) {
    const pairs = await look();
    for (const [step, of] of Map.groupBy(pairs.flat(), (seen) => seen.step)) {
      const shapes = new Set(of.flatMap(({ real, unknown }) => [real.shape, unknown.shape]));
      assert.deepEqual([...shapes].slice(1), [], `${step} looks the same for everybody`);
    }
    const tells = timeTells(pairs);
    t.diagnostic([...tells].map(([feature, share]) => `${feature} ${(share * 100).toFixed(1)} %`).join(", "));
    suspects.push(new Map([...tells].filter(([, share]) => share > most)));
    const always = [...tells.keys()].filter((feature) => suspects.every((found) => found.has(feature)));
    if (always.length === 0) return;
  }
  assert.fail(`time tells accounts: ${JSON.stringify(suspects.map((found) => [...found]))}`);
});
