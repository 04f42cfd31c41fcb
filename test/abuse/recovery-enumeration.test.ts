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
const apart = 15;
const looks = 3;

const ways = ["password", "order", "reset", "guest"] as const;
type Way = (typeof ways)[number];
/** Of one in five the pages are looked at too, which are the slower part. */
type Address = Readonly<{ way: Way; email: string; isReal: boolean; isLookedAt: boolean }>;
/** What an asker sees of one answer. `phase` is the step's place on the way, whichever the way is. */
type Answer = Readonly<{ step: string; phase: Phase; shape: string; time: number }>;
type Phase = "begun" | "page" | "posted";

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

/** Addresses of one way, every second one an account that is active, with a password and an app. */
async function makeAddresses(way: Way, count: number): Promise<Address[]> {
  const all = Array.from({ length: count }, (_, at) => ({
    way,
    email: newAddress(way),
    isReal: at % 2 === 0,
    isLookedAt: at % 5 === 0,
  }));
  const real = all.filter(({ isReal }) => isReal);
  const { id: organisationId } = organisationFor(way);
  const now = service.clock.now();
  await service.db.transaction().execute(async (tx) => {
    const accounts = await makeCreateAccounts({ clock: service.clock, random: systemRandom })(
      tx,
      real.map(({ email }) => ({
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

/** One browser for all, each post from a network of its own, so that no throttle tells anything. */
async function makeAsker() {
  const visitor = makeVisitor(service.url);
  await visitor.get("/recover");
  const { form_token = "" } = visitor.hidden({ email: "" });
  const cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  let networks = 0;

  const send = async (phase: Phase, step: string, path: string, email: string, fields?: Record<string, string>) => {
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
    return { step, phase, shape: parts.join("\n"), time, location: answer.headers.get("location") ?? "" };
  };

  /** What an asker sees on an address' way, the e-mail's arrival aside. */
  return async ({ way, email, isLookedAt }: Address): Promise<Answer[]> => {
    const page = (step: string, path: string) => (isLookedAt ? [send("page", step, path, email)] : []);
    const begun = await send("begun", "recover", `/recover?organisation=${organisationFor(way).slug}`, email, {
      email,
    });
    const journey = begun.location;
    const pages = await Promise.all(page(`${way} page`, journey));
    const post = (step: string, fields: Record<string, string>) => send("posted", step, journey, email, fields);
    if (way === "reset") {
      const chosen = await post("way", { step: "recovery-way", way });
      const banks = await Promise.all(page("banks", journey));
      const left = await post("departure", { step: "identity-proofed", means: "demo-bank fi-kuusi" });
      return [begun, chosen, left, ...pages, ...banks];
    }
    const asked = { step: "recovery-way", ...(way === "guest" ? { message: "My phone is gone." } : { way }) };
    const sent = await post(`${way} asked`, asked);
    return [begun, sent, ...pages, ...(await Promise.all(page(`${way} told`, sent.location)))];
  };
}

/** In a random order: whatever else the machine does meets both kinds alike. */
async function look(count: number): Promise<{ address: Address; answers: Answer[] }[]> {
  const lists = await Promise.all(ways.map((way) => makeAddresses(way, count / ways.length)));
  const waiting = lists
    .flat()
    .map((address) => ({ address, at: systemRandom.bytes(6).readUIntBE(0, 6) }))
    .sort((one, other) => one.at - other.at)
    .map(({ address }) => address);
  const ask = await makeAsker();
  const seen: Promise<{ address: Address; answers: Answer[] }>[] = [];
  for (const address of waiting) {
    // Not all at once: in the queue for the processor every answer would take as long as any other, and hide what it took.
    await sleep(apart);
    seen.push(ask(address).then((answers) => ({ address, answers })));
  }
  return Promise.all(seen);
}

type Seen = Awaited<ReturnType<typeof look>>;
type Sample = Readonly<{ value: number; isReal: boolean }>;

const medianOf = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** Says of a time whose median is nearer, that of accounts or of nobody. */
function learn(samples: readonly Sample[]): (value: number) => boolean {
  const median = (kind: boolean) => medianOf(samples.filter(({ isReal }) => isReal === kind).map(({ value }) => value));
  const [real, unknown] = [median(true), median(false)];
  return (value) => Math.abs(value - real) < Math.abs(value - unknown);
}

/** How often what was learnt of one half of the samples is right about the other, both ways round. */
function accuracyOf(samples: readonly Sample[]): number {
  const kinds = [true, false].map((kind) => samples.filter(({ isReal }) => isReal === kind));
  const half = (odd: number) => kinds.flatMap((kind) => kind.filter((_, at) => at % 2 === odd));
  const right = [0, 1].flatMap((odd) => {
    const isSaidReal = learn(half(odd));
    return half(1 - odd).filter(({ value, isReal }) => isSaidReal(value) === isReal);
  });
  return right.length / samples.length;
}

/** How slow each answer was among those of its step, 0 to 1: steps differ, and a pause of the machine must not weigh much. */
function rankOf(seen: Seen): (answer: Answer) => number {
  const steps = Map.groupBy(
    seen.flatMap(({ answers }) => answers),
    ({ step }) => step,
  );
  const ranks = new Map(
    [...steps.values()].flatMap((answers) =>
      answers.toSorted((a, b) => a.time - b.time).map((answer, at): [Answer, number] => [answer, at / answers.length]),
    ),
  );
  return (answer) => ranks.get(answer) ?? 0;
}

/** What time tells: of the whole way, of its beginning, and of what is posted there. */
function timeTells(seen: Seen): Map<string, number> {
  const rank = rankOf(seen);
  const tell = (isMeant: (answer: Answer) => boolean): number =>
    accuracyOf(
      seen.map(({ address: { isReal }, answers }) => {
        const ranks = answers.filter(isMeant).map(rank);
        return { isReal, value: ranks.reduce((sum, one) => sum + one, 0) / ranks.length };
      }),
    );
  return new Map([
    ["whole way", tell(() => true)],
    ["beginning", tell(({ phase }) => phase === "begun")],
    ["posts", tell(({ phase }) => phase === "posted")],
  ]);
}

const most = 0.55;

/**
 * What an answer looks like is one and the same for everybody, so that nothing can be learnt of it. Of time a guess is right
 * about half the times, not exactly: with 1,000 addresses the share strays from 50 % by 1.6 points (one standard deviation), and
 * one in 1,300 is above 55 % by chance. What tells accounts from nobody does so in every look; that chance does so in three
 * looks on end is not to be expected.
 */
test(`REC-6 T94 ${addresses} addresses, half of them accounts: no answer and no time tells which`, async (t) => {
  const suspects: Map<string, number>[] = [];
  for (let round = 0; round < looks; round += 1) {
    const seen = await look(addresses);
    assert.equal(seen.length, addresses);
    const answers = seen.flatMap(({ address, answers: all }) => all.map((answer) => ({ ...answer, ...address })));
    for (const [step, of] of Map.groupBy(answers, (answer) => answer.step)) {
      const shapes = [...new Set(of.map(({ shape }) => shape))];
      assert.deepEqual(shapes, shapes.slice(0, 1), `${step} looks the same for everybody`);
    }
    const tells = timeTells(seen);
    t.diagnostic([...tells].map(([feature, share]) => `${feature} ${(share * 100).toFixed(1)} %`).join(", "));
    suspects.push(new Map([...tells].filter(([, share]) => share > most)));
    const always = [...tells.keys()].filter((feature) => suspects.every((found) => found.has(feature)));
    if (always.length === 0) return;
  }
  assert.fail(`time tells accounts: ${JSON.stringify(suspects.map((found) => [...found]))}`);
});
