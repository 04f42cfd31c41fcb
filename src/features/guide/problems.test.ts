import assert from "node:assert/strict";
import { test } from "node:test";
import { languages } from "../../kernel/language.ts";
import { translator } from "../../platform/i18n/index.ts";
import { problemPage } from "./problem-pages.ts";
import { arising, type Facts, findProblem, firstProblems } from "./problems.ts";

const all: Facts = {
  methods: new Set(["eid", "totp", "certificate", "passkey"]),
  canReset: true,
  newPassword: "link",
  mayRemove: false,
};
const names = (facts: Facts) => arising(firstProblems, facts).map(({ name }) => name);

/** Where the cure leads; `support` when it is people's to do, `asks` when there is a question first. */
function cureOf(name: string, facts: Partial<Facts>): string {
  const problem = findProblem(name, { ...all, ...facts });
  if (!problem) return "no such problem";
  return "cure" in problem ? (problem.cure({ ...all, ...facts }).go?.to ?? "support") : "asks";
}

const table: [rule: string, problem: string, facts: Partial<Facts>, expected: string][] = [
  ["a new phone while the old one works", "old-phone-works", {}, "/account"],
  ["a lost phone: is there another way?", "lost-phone", {}, "asks"],
  ["a lost phone and another way", "other-way", {}, "/account"],
  [
    "a lost phone, where there is only one method: no question",
    "lost-phone",
    { methods: new Set(["totp"]) },
    "/recover",
  ],
  ["a lost phone and nothing else", "no-other-way", {}, "/recover"],
  ["the same, where nobody can prove who they are", "no-other-way", { canReset: false }, "support"],
  ["a wrong code", "code-wrong", {}, "/test/code"],
  ["a clock that is off", "code-clock", {}, "/test/code"],
  ["too many codes", "code-blocked", {}, "/sign-in"],
  ["a forgotten password", "forgot-password", {}, "/recover"],
  ["the same, with temporary passwords", "forgot-password", { newPassword: "order" }, "/order-password"],
  ["the same, where nobody has one", "forgot-password", { newPassword: null }, "no such problem"],
  ["an eID that is not linked", "bank-not-linked", {}, "/account"],
  ["the same, and nothing else is permitted", "bank-not-linked", { methods: new Set(["eid"]) }, "support"],
  ["a lost card, with temporary passwords", "card-lost", { newPassword: "order" }, "/order-password"],
  ["a lost card, with proving services", "card-lost", {}, "/recover"],
  ["a lost card, and neither", "card-lost", { canReset: false }, "support"],
  ["a card that is not found", "card-not-found", {}, "/test/certificate"],
  ["a text message that does not come", "no-sms", {}, "support"],
  ["an expired link", "link-expired", {}, "asks"],
  ["the same, where only invitations have one", "link-expired", { newPassword: "order" }, "support"],
  ["a guest", "guest", {}, "/recover"],
  ["a made-up problem", "../account", {}, "no such problem"],
];
for (const [rule, problem, facts, expected] of table)
  test(`GUI-4 ${rule}: ${expected}`, () => assert.equal(cureOf(problem, facts), expected));

test("GUI-4 only problems that the organisation's methods can have are asked about", () => {
  assert.deepEqual(names(all), [...firstProblems]);
  assert.deepEqual(names({ ...all, methods: new Set(["eid"]), newPassword: null }), [
    "bank-refused",
    "no-sms",
    "link-expired",
    "guest",
  ]);
});

test("GUI-1 GUI-4 every problem is there in three languages, whatever is permitted, and every answer leads on", () => {
  const someFacts: Facts[] = [
    all,
    { ...all, mayRemove: true, newPassword: "order" },
    { ...all, canReset: false, methods: new Set(["totp"]) },
  ];
  for (const language of languages)
    for (const facts of someFacts) {
      const seen = new Set<string>();
      const walk = (name: string) => {
        const problem = findProblem(name, facts);
        assert.ok(problem, name);
        if (seen.has(name)) return;
        seen.add(name);
        const { title, main } = problemPage(
          { t: translator(language), query: "?organisation=koivula", publicUrl: "https://login.example" },
          problem,
          facts,
        );
        assert.doesNotMatch(`${title}${main}`, /\{\{|problems:|undefined|false/, `${name} in ${language}`);
        if ("answers" in problem) for (const next of arising(problem.answers, facts)) walk(next.name);
      };
      for (const name of names(facts)) walk(name);
    }
});

test("GUI-4 a cure that keeps to the organisation carries it along, on paper as an address to type", () => {
  const problem = findProblem("no-other-way", all);
  assert.ok(problem);
  const { main } = problemPage(
    { t: translator("en"), query: "?organisation=koivula", publicUrl: "https://login.example" },
    problem,
    all,
  );
  assert.match(`${main}`, /href="\/recover\?organisation=koivula"/);
  assert.match(`${main}`, /href="\/help\?organisation=koivula"/);
  assert.match(`${main}`, /class="paper">Start: <b>login\.example\/recover\?organisation=koivula</);
});
