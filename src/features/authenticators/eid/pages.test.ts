import assert from "node:assert/strict";
import { test } from "node:test";
import { stepView } from "../../../../test/grounds/step-view.ts";
import { languages } from "../../../kernel/language.ts";
import { html } from "../../../platform/pages/index.ts";
import type { Means, Selection } from "../../../ports/identity-broker.ts";
import type { StepPage } from "../../journey/index.ts";
import { chooseAccountPage } from "../../journey/index.ts";
import { lettersOf } from "./choose-means-page.ts";
import {
  anotherPersonPage,
  boundElsewherePage,
  type Choice,
  chooseMeansPage,
  notLinkedPage,
  waitingPage,
} from "./pages.ts";

const means = (country: string, ...names: string[]): Means[] => names.map((name) => ({ id: name, name, country }));

const choice = (name: string, selection: Partial<Selection> = {}): Choice => ({
  name,
  title: `${name} Oy`,
  selection: { means: [], notices: [], disturbance: null, ...selection },
});

const text = ({ main, help, title, lede }: StepPage) => `${html`${title}${lede}${main}${help}`}`;
const posted = (page: StepPage) => [...text(page).matchAll(/name="means" value="([^"]*)"/g)].map((found) => found[1]);
const headings = (page: StepPage) => [...`${page.main}`.matchAll(/<h2[^>]*>([^<]+)/g)].map((found) => found[1]);
const primaries = (page: StepPage) => text(page).match(/class="btn"/g)?.length ?? 0;

test("SIN-2 the means of all brokers stand together by country, the reader's own first", () => {
  const choices = [
    choice("one", { means: [...means("SE", "BankID"), ...means("FI", "Nordea")] }),
    choice("two", { means: [...means("NO", "BankID Norge"), ...means("FI", "OP")] }),
  ];
  const draw = (language: (typeof languages)[number]) => chooseMeansPage(stepView({ language }), choices, "sign-in");
  assert.deepEqual(headings(draw("fi")), ["Suomi", "Ruotsi", "Norja"]);
  assert.deepEqual(headings(draw("sv")), ["Sverige", "Finland", "Norge"]);
  assert.deepEqual(headings(draw("en")), ["Finland", "Sweden", "Norway"]);
  assert.deepEqual(posted(draw("fi")), ["one Nordea", "two OP", "one BankID", "two BankID Norge"]);
});

test("a logo of the broker's stands in the place of letters, and says nothing twice", () => {
  const logo = "data:image/svg+xml;base64,PHN2Zy8+";
  const nordea = { id: "Nordea", name: "Nordea", country: "FI", logo };
  const page = text(chooseMeansPage(stepView(), [choice("one", { means: [nordea, ...means("FI", "OP")] })], "sign-in"));
  assert.match(page, /<img src="data:image\/svg\+xml;base64,PHN2Zy8\+" alt=""><span>Nordea/);
  assert.match(page, /<i aria-hidden="true">OP<\/i>/);
});

test("a bank that two brokers lead to is told apart by the broker's name", () => {
  const choices = [
    choice("one", { means: means("FI", "Nordea", "OP") }),
    choice("two", { means: means("FI", "Nordea") }),
  ];
  const page = text(chooseMeansPage(stepView(), choices, "sign-in"));
  assert.match(page, /Nordea<small>one Oy<\/small>[\s\S]*Nordea<small>two Oy<\/small>/);
  assert.doesNotMatch(page, /OP<small>/);
});

test("a broker with a page of its own is one more way; alone, it is the page's one button", () => {
  const banks = choice("one", { means: means("FI", "Nordea", "OP") });
  const both = chooseMeansPage(stepView(), [banks, choice("suomifi")], "sign-in");
  assert.deepEqual(posted(both), ["one Nordea", "one OP", "suomifi"]);
  assert.equal(both.title, "Choose your bank or Mobile ID");

  const alone = chooseMeansPage(stepView(), [choice("suomifi")], "sign-in");
  assert.deepEqual(posted(alone), ["suomifi"]);
  assert.equal(primaries(alone), 1);
  assert.match(text(alone), /You go to <b>suomifi Oy<\/b>.*Continue to suomifi Oy/s);

  const lone = chooseMeansPage(stepView(), [choice("one", { means: means("SE", "BankID") })], "sign-in");
  assert.deepEqual(posted(lone), ["one BankID"]);
  assert.match(text(lone), /You go to <b>BankID<\/b>/);
});

test("without a Finnish one, nobody is asked for their bank", () => {
  const choices = [choice("one", { means: means("SE", "BankID", "Freja") })];
  assert.equal(chooseMeansPage(stepView(), choices, "sign-in").title, "Choose how you identify yourself");
});

test("SIN-12 with nothing to choose from the page says so, and has ways on", () => {
  for (const language of languages) {
    const page = chooseMeansPage(stepView({ language, others: true }), [], "sign-in");
    assert.match(text(page), /name="again"[\s\S]*name="method"/);
  }
});

test("ACT-5 an activation counts its steps; what was refused and what brokers say stands on the page", () => {
  const [text1, text2] = ["<b>We tell</b> them your name.", "Privacy"];
  const broker = choice("one", {
    means: means("FI", "Nordea", "OP"),
    notices: [
      { text: text1 },
      { text: text2, href: "https://one.example/" },
      { text: "No", href: "javascript:alert(1)" },
    ],
    disturbance: "Slow until 11.",
  });
  const notice = { key: "eid:cancelled", tone: "warn" } as const;
  const page = chooseMeansPage(stepView({ purpose: "activation", notice }), [broker], "link");
  assert.deepEqual(page.step, { at: 3, of: 3, label: "Activate your account" });
  const drawn = text(page);
  for (const part of [
    /notice warn" role="alert"/,
    /cancelled or did not/,
    /Disturbance notice: one Oy/,
    /Slow until 11\./,
  ])
    assert.match(drawn, part);
  assert.match(drawn, /&lt;b&gt;We tell&lt;\/b&gt;.*<a href="https:\/\/one\.example\/">Privacy<\/a>.*<p>No<\/p>/);
  assert.doesNotMatch(drawn, /javascript:/);
  assert.equal(chooseMeansPage(stepView(), [broker], "sign-in").step, undefined);
  assert.equal(chooseMeansPage(stepView({ purpose: "link-method" }), [broker], "link").step, undefined);
});

test("SIN-2 with accounts in several organisations the person chooses one, by the organisation's name", () => {
  const page = chooseAccountPage(stepView({ language: "fi" }), [
    { accountId: "1", organisation: "Ähtäri & Co", userName: "aino" },
    { accountId: "2", organisation: "Havula", userName: "aino.v" },
  ]);
  assert.match(text(page), /name="account" value="2".*Havula.*aino\.v.*name="account" value="1".*Ähtäri &amp; Co/s);
});

test("REC-6 an identity that is bound nowhere gets the same page, whosever it is", () => {
  for (const language of languages) {
    const page = text(notLinkedPage(stepView({ language, others: true })));
    assert.equal(text(notLinkedPage(stepView({ language, others: true, purpose: "activation" }))), page);
    assert.match(page, /name="again"[\s\S]*name="method"/);
  }
});

test("ACT-5 another person is told that nothing was linked, and whom to ask", () => {
  const told = { fi: "Mitään ei liitetty", sv: "Ingenting kopplades", en: "Nothing was linked" };
  for (const language of languages)
    for (const page of [
      anotherPersonPage(stepView({ language, purpose: "activation" })),
      anotherPersonPage(stepView({ language, purpose: "link-method" })),
      boundElsewherePage(stepView({ language, purpose: "activation" })),
    ]) {
      assert.ok(text(page).includes(told[language]), `${language} ${page.title}`);
      assert.match(text(page), /name="again"/);
      assert.equal(primaries(page), 1);
    }
  assert.match(text(anotherPersonPage(stepView({ purpose: "activation" }))), /whoever invited you/);
  assert.match(text(anotherPersonPage(stepView())), /This account.*Ask user support/s);
});

test("the letters on a tile stand for the name", () => {
  const names = ["Nordea", "OP", "Danske Bank", "S-Pankki", "Ålandsbanken", "POP Pankki", "Suomi.fi (DVV)", ""];
  assert.deepEqual(names.map(lettersOf), ["N", "OP", "DB", "S", "Å", "POP", "S", ""]);
});

test("REC-3 for a proof each choice says who can use it, and what goes on on a phone what to do there", () => {
  const proofs = [
    choice("one", { means: [...means("FI", "Nordea"), ...means("SE", "BankID"), ...means("EE", "Smart-ID")] }),
    { ...choice("suomifi"), profile: "suomifi" },
    { ...choice("candour"), profile: "document" },
    { ...choice("plain"), profile: "oidc" },
  ];
  const page = text(chooseMeansPage(stepView({ purpose: "recovery" }), proofs, "prove"));
  for (const needs of [
    /Needs a Finnish personal identity code, and online banking codes or Mobile ID\./,
    /Needs a Swedish personal identity number and BankID\./,
    /Needs an electronic identity of that country\./,
    /Needs a Finnish personal identity code, and online banking codes, Mobile ID or a certificate card\./,
    /Needs a passport or identity card with a chip, and a phone with a camera\. For everyone\./,
    /You choose there how you identify yourself\./,
  ])
    assert.match(page, needs);
  for (const only of proofs.slice(1))
    assert.match(text(chooseMeansPage(stepView({ purpose: "recovery" }), [only], "prove")), /Needs a|You choose there/);
  for (const language of languages) {
    const waits = waitingPage(stepView({ language, purpose: "recovery" }));
    assert.equal(primaries(waits), 1);
    assert.match(text(waits), /value="asked"[\s\S]*value="other"/);
  }
});
