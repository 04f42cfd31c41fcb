import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, invite, makeOrganisation, rightPassword } from "../harness/people.ts";
import { type Service, startService } from "../harness/service.ts";

const samples = 150;
const rounds = 4;

let service: Service;
let organisation: Organisation;
before(async () => {
  service = await startService({ env: { VAHVA_TRUSTED_PROXIES: "127.0.0.1,::1" } });
  organisation = await makeOrganisation(service);
});
after(() => service.close());

/** A guesser with as many networks as wished for, so that no throttle tells anything. */
function makeGuesser() {
  let guesses = 0;
  const open = async () => {
    const visitor = makeVisitor(service.url);
    await visitor.get("/sign-in?organisation=koivula");
    return visitor;
  };
  return {
    open,
    /** Posts a guess on the page of `visitor`; the answer alone, redirects are not followed. */
    async guess(visitor: Visitor, username: string, password: string): Promise<Response> {
      guesses += 1;
      const headers = {
        cookie: visitor
          .cookies()
          .map(({ name, value }) => `${name}=${value}`)
          .join("; "),
        "x-forwarded-for": `10.${guesses >> 16}.${(guesses >> 8) & 255}.${guesses & 255}`,
      };
      const body = new URLSearchParams({ ...visitor.hidden({ username: "", password: "" }), username, password });
      const answer = await fetch(visitor.page().url, { method: "POST", headers, body, redirect: "manual" });
      await answer.arrayBuffer();
      return answer;
    },
  };
}

/** What may differ between two answers to anybody, taken out. */
const normalised = (text: string, username: string) =>
  text
    .replaceAll(username, "NAME")
    .replace(/[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{2}/g, "REFERENCE")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replace(/value="[\w-]{43}"/g, 'value="TOKEN"')
    .replace(/=[\w-]{43}(?=;|$)/g, "=VALUE");

const shapeOf = (answer: Response) => ({
  status: answer.status,
  headers: [...answer.headers]
    .filter(([name]) => name !== "date")
    .map(([name, value]) => `${name}: ${normalised(value, "NAME")}`)
    .sort(),
});

test("SIN-3 T94 A26 A28 unknown, wrong, closed, invited and without a password: the same status, headers, cookies and page", async () => {
  const guesser = makeGuesser();
  const active = await activatedAccount(service, organisation);
  const closed = await activatedAccount(service, organisation);
  await service.db.updateTable("account").set({ state: "closed" }).where("id", "=", closed.accountId).execute();
  const invited = await invite(service, organisation);
  const passwordless = await activatedAccount(service, organisation);
  await service.db.deleteFrom("password").where("account_id", "=", passwordless.accountId).execute();

  const wrong = "neljä sinistä sammakkoa";
  const guesses: Record<string, [string, string]> = {
    unknown: ["nobody@koivula.example", wrong],
    "wrong password": [active.email, wrong],
    "closed account, wrong password": [closed.email, wrong],
    "closed account, right password": [closed.email, rightPassword],
    "invited, not active": [invited.email, wrong],
    "no password": [passwordless.email, rightPassword],
  };
  const shapes = new Map<string, object>();
  for (const [what, [username, password]] of Object.entries(guesses)) {
    const visitor = await guesser.open();
    const answer = await guesser.guess(visitor, username, password);
    const page = await visitor.get(visitor.page().url);
    shapes.set(what, { ...shapeOf(answer), page: normalised(page.html, username), seen: page.status });
    assert.match(page.alerts.join(" "), /password|user name/i, what);
  }
  for (const [what, shape] of shapes) assert.deepEqual({ what, ...shape }, { what, ...shapes.get("unknown") });
});

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

test(`SIN-3 T94 an unknown user takes as long as a wrong password: medians of ${samples} interleaved guesses`, async (t) => {
  const guesser = makeGuesser();
  const people: Activated[] = [];
  // A name takes fifty wrong passwords a day before it is slowed.
  while (people.length < Math.ceil((samples * rounds) / 45)) people.push(await activatedAccount(service, organisation));
  const visitor = await guesser.open();
  const timed = async (username: string) => {
    const began = performance.now();
    await guesser.guess(visitor, username, "neljä sinistä sammakkoa");
    return performance.now() - began;
  };
  const named = (index: number) => people[index % people.length]?.email ?? "";
  for (let index = 0; index < 20; index += 1) await timed(`warm${index}@koivula.example`);

  const seen: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Where the machine was too busy to tell, another look.
    const times: Record<"unknown" | "known" | "control", number>[] = [];
    for (let index = 0; index < samples; index += 1) {
      const time = { unknown: 0, known: 0, control: 0 };
      const guesses = [
        async () => (time.unknown = await timed(`nobody${round}-${index}@koivula.example`)),
        async () => (time.known = await timed(named(round * samples + index))),
        async () => (time.control = await timed(`noone${round}-${index}@koivula.example`)),
      ];
      for (let turn = 0; turn < 3; turn += 1) await guesses[(turn + index) % 3]?.();
      times.push(time);
    }
    // Each against its neighbour, so that what else the machine does meets both alike. What two of the same kind differ by,
    // and what the spread lets a median differ by, is noise, not a tell: chance gets beyond both in one look of 200,
    // and in every look in one run of a thousand million.
    const leads = times.map(({ known, unknown }) => known - unknown);
    const lead = median(leads);
    const noise = Math.abs(median(times.map(({ unknown, control }) => unknown - control)));
    const spread = (4 * median(leads.map((each) => Math.abs(each - lead)))) / Math.sqrt(samples);
    const gap = Math.abs(lead);
    seen.push(`gap ${gap.toFixed(2)} ms, noise ${noise.toFixed(2)} ms, spread ${spread.toFixed(2)} ms`);
    if (gap <= 5 + 2 * noise + spread) {
      t.diagnostic(seen.join("; "));
      return;
    }
  }
  assert.fail(seen.join("; "));
});

test("SIN-3 T94 while a name is delayed, a right and a wrong password and an unknown name get the same page", async () => {
  const person = await activatedAccount(service, organisation);
  const strangers = ["nobody-here@koivula.example", person.email];
  const pages: string[] = [];
  for (const username of strangers) {
    const visitor = makeVisitor(service.url, { "x-forwarded-for": "192.0.2.77" });
    await visitor.get("/sign-in?organisation=koivula");
    for (let wrong = 0; wrong < 6; wrong += 1) await visitor.submit({ username, password: "neljä sinistä sammakkoa" });
    const page = await visitor.submit({ username, password: rightPassword });
    const told = page.html.replace(/\d{1,2}[:.]\d{2}|datetime="[^"]*"|\d+ minutes?/g, "TIME");
    pages.push(normalised(told, username));
  }
  assert.equal(pages[0], pages[1]);
});
