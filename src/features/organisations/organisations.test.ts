import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testDatabase } from "../../../test/harness/database.ts";
import { type Database, openDatabase } from "../../platform/database/index.ts";
import { fakeClock } from "../../ports/clock.ts";
import { systemRandom } from "../../ports/random.ts";
import type { AuditEvent } from "../audit/index.ts";
import {
  findOrganisation,
  listOrganisations,
  loadLogo,
  makeChangeOrganisation,
  makeCreateOrganisation,
} from "./index.ts";

let database: Database;
let drop: () => Promise<void>;
const recorded: AuditEvent[] = [];
const actor = "operator";

const deps = () => ({
  db: database.db,
  clock: fakeClock(),
  random: systemRandom,
  audit: { record: async (_: unknown, events: readonly AuditEvent[]) => void recorded.push(...events) },
  methods: ["totp", "eid"],
  countries: ["FI"],
});

before(async () => {
  const created = await testDatabase();
  drop = created.drop;
  database = openDatabase(created.url);
});
after(async () => {
  await database.close();
  await drop();
});

test("POL-4 an organisation is created from a slug and a name, and everything else has a default", async () => {
  const result = await makeCreateOrganisation(deps())(
    { slug: "koivula", name: { fi: "Koivulan šakkikerho" } },
    { actor },
  );
  assert.ok("organisation" in result);
  assert.equal(result.organisation.smsName, "Koivulan sakkikerho");
  assert.equal(result.organisation.policy.password.minimumLength, 12);
  assert.deepEqual(await findOrganisation(database.db, "koivula"), result.organisation);
  assert.deepEqual(await findOrganisation(database.db, result.organisation.id), result.organisation);
  assert.equal(await findOrganisation(database.db, "' or 1=1"), null);
  assert.equal(recorded.at(-1)?.type, "organisation.created");
});

test("bad settings are named one by one, and nothing is created", async () => {
  const create = makeCreateOrganisation(deps());
  const result = await create(
    {
      slug: "Ei Näin",
      name: {},
      smsName: "x".repeat(31),
      languages: [],
      support: [{ kind: "general", phone: "ask", email: "a@b" }],
      brandColour: "red",
      home: { url: "javascript:alert(1)", name: { fi: "Koti" } },
      authenticatorName: "a:b",
      emailCategories: { "student.example": "pupil" },
      colour: 1,
    },
    { actor },
  );
  assert.ok("problems" in result);
  assert.deepEqual(
    result.problems.map(({ field }) => field),
    [
      "slug",
      "name",
      "smsName",
      "languages",
      "support.0.phone",
      "support.0.email",
      "brandColour",
      "home.url",
      "authenticatorName",
      "emailCategories.student.example",
      "",
    ],
  );
  assert.match(result.problems.at(-1)?.says ?? "", /colour/);
  const taken = await create({ slug: "koivula", name: { en: "Another" } }, { actor });
  assert.ok("problems" in taken && taken.problems[0]?.reason === "taken");
});

test("a change merges into the policy, holds at once, and is audited value by value", async () => {
  const change = makeChangeOrganisation(deps());
  const logo = {
    base64: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>').toString("base64"),
  };
  const result = await change(
    "koivula",
    {
      policy: {
        password: { minimumLength: 16 },
        methods: { staff: { permitted: ["eid", "totp"], recommended: "eid" } },
      },
      brandColour: "#AA00BB",
      logo,
    },
    { actor },
  );
  assert.ok(typeof result === "object" && "organisation" in result);
  const stored = await findOrganisation(database.db, "koivula");
  assert.deepEqual(stored, result.organisation);
  assert.equal(stored?.policy.password.minimumLength, 16);
  assert.equal(stored?.policy.session.idleMinutes, 60);
  assert.equal((await loadLogo(database.db, stored?.id ?? ""))?.type, "image/svg+xml");
  assert.equal(recorded.at(-1)?.detail?.["policy.password.minimumLength"], 16);
  const back = await change("koivula", { policy: { password: null }, state: "closed" }, { actor });
  assert.ok(typeof back === "object" && "organisation" in back);
  assert.equal(back.organisation.policy.password.minimumLength, 12);
  assert.equal(back.organisation.logoHash, stored?.logoHash);
  assert.deepEqual(recorded.at(-1)?.detail, { "policy.password.minimumLength": 12, state: "closed" });
});

test("unknown methods and a recommendation that is not permitted are refused", async () => {
  const change = makeChangeOrganisation(deps());
  const result = await change(
    "koivula",
    { policy: { methods: { staff: { permitted: ["telepathy"], recommended: "eid" } } } },
    { actor },
  );
  assert.ok(typeof result === "object" && "problems" in result);
  assert.deepEqual(
    result.problems.map(({ reason }) => reason),
    ["unknown-method", "not-permitted"],
  );
  assert.equal(await change("nobody", { state: "closed" }, { actor }), "no-such-organisation");
});

test("organisations are listed by key, a page at a time", async () => {
  await makeCreateOrganisation(deps())({ slug: "aalto", name: { fi: "Aalto" } }, { actor });
  const first = await listOrganisations(database.db, { limit: 1 });
  assert.deepEqual(
    first.map(({ slug }) => slug),
    ["aalto"],
  );
  const rest = await listOrganisations(database.db, { after: "aalto" });
  assert.deepEqual(
    rest.map(({ slug }) => slug),
    ["koivula"],
  );
});
