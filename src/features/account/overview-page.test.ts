import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "../../../test/harness/read-page.ts";
import { type Language, languages } from "../../kernel/language.ts";
import { translator } from "../../platform/i18n/index.ts";
import type { Authenticator, Method } from "../journey/index.ts";
import { policySchema } from "../organisations/domain/policy.ts";
import type { Account, Organisation } from "../organisations/index.ts";
import type { Session } from "../sessions/index.ts";
import type { Frame } from "./frame.ts";
import { type Done, overviewPage } from "./overview-page.ts";

const now = new Date("2026-11-22T10:00:00Z");

const eid: Method = {
  name: "eid",
  strength: 2,
  signIn: ["eid"],
  link: [{ kind: "eid-link" }],
  steps: [],
  icon: "bank",
  words: {
    name: "eid:name",
    signIn: "eid:continue",
    signInNote: "eid:continue-note",
    link: "eid:name",
    linkNote: "eid:link-note",
  },
};
const totp: Method = {
  ...eid,
  name: "totp",
  link: [{ kind: "totp-link" }],
  words: { ...eid.words, name: "totp:name", link: "totp:name", linkNote: "totp:link-note" },
};

const linked = (method: string): Authenticator => ({ id: method, method, name: null, linkedAt: now, lastUsedAt: null });

type Case = { language?: Language; permitted?: string[]; methods?: Method[]; has?: string[]; done?: Done };

/** The page of a person who has `has`. */
function draw({ language = "en", permitted = ["eid", "totp"], methods = [eid, totp], has = ["totp"], done }: Case) {
  const account: Account = {
    id: "a",
    organisationId: "o",
    personId: "p",
    givenName: "Aino",
    familyName: "Virtanen",
    language,
    userName: "aino",
    email: "aino@koivula.example",
    phone: null,
    category: "staff",
    roles: [],
    home: null,
    state: "active",
    epoch: 0,
  };
  const organisation: Organisation = {
    id: "o",
    slug: "koivula",
    name: { en: "Koivula" },
    smsName: "Koivula",
    languages,
    support: [],
    brandColour: null,
    logoHash: null,
    home: null,
    authenticatorName: "Koivula",
    emailCategories: {},
    policy: policySchema.parse({ methods: { staff: { permitted } } }),
    state: "open",
  };
  const session = { uid: "s" } as Session; // the page compares nothing else of it
  const frame: Frame = {
    language,
    t: translator(language),
    now,
    fields: { token: "x" },
    session,
    account,
    organisation,
  };
  const nothing = { identityCode: null, passwordChangedAt: null, sessions: [], lately: { events: [], next: null } };
  return `${overviewPage(frame, { ...nothing, authenticators: has.map(linked), methods, done: done ?? null }).main}`;
}

const offered = (page: string) =>
  [...page.matchAll(/action="\/account\/link".*?name="method" value="(\w+)"/gs)].map((found) => found[1]);

test("USR-4 what the organisation permits and the person has not linked can be linked", () => {
  assert.deepEqual(offered(draw({})), ["eid"]);
  assert.deepEqual(offered(draw({ has: ["eid"] })), ["totp"]);
  assert.deepEqual(offered(draw({ has: [] })), ["eid", "totp"]);
  assert.deepEqual(offered(draw({ has: ["eid", "totp"] })), []);
  assert.doesNotMatch(draw({ has: ["eid", "totp"] }), /can-link/);
});

test("POL-1 nothing is offered that is not permitted, not open here, or that nobody can link by themselves", () => {
  assert.deepEqual(offered(draw({ permitted: ["totp"] })), []);
  assert.deepEqual(offered(draw({ methods: [{ ...eid, isOffered: () => false }, totp] })), []);
  assert.deepEqual(offered(draw({ methods: [{ ...eid, link: [] }, totp] })), []);
  assert.deepEqual(offered(draw({ methods: [totp] })), []);
});

test("USR-4 a method that was just linked is told, in three languages", () => {
  const told = {
    fi: "Kirjautumistapa liitettiin",
    sv: "Inloggningssättet kopplades",
    en: "The sign-in method was linked",
  };
  for (const language of languages)
    assert.match(inWords(draw({ language, done: "linked" })), new RegExp(`role="status".*${told[language]}`));
});
