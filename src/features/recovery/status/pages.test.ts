import assert from "node:assert/strict";
import { test } from "node:test";
import { statusPath, statusView, told } from "../../../../test/grounds/status-view.ts";
import { inWords } from "../../../../test/harness/read-page.ts";
import { languages } from "../../../kernel/language.ts";
import { minutes, plus, seconds } from "../../../kernel/time.ts";
import { html } from "../../../platform/pages/index.ts";
import type { Propagation } from "../../directories/index.ts";
import { noPassPage, passPage, progress, statusPage } from "./pages.ts";

const { now, madeAt } = statusView();
const textOf = (view: Parameters<typeof statusView>[0]) => {
  const page = statusPage(statusView(view));
  return inWords(`${html`<h1>${page.title}</h1>${page.main}${page.help}`}`);
};
const lineOf = (given: Partial<Propagation>, view: Parameters<typeof statusView>[0] = {}) =>
  inWords(`${progress(statusView({ directories: [told(given)], ...view }))}`)
    .split("<li")
    .at(-1) ?? "";
const ended = { state: "done", endedAt: plus(madeAt, seconds(4)) } as const;

const lines: readonly (readonly [string, Partial<Propagation>, RegExp])[] = [
  ["waiting", {}, /^ class="off"[\s\S]*told in a moment[\s\S]*>Waiting</],
  ["closed for a while", { isPaused: true }, /^ class="off"[\s\S]*closed for now\. It is told when[\s\S]*>Waiting</],
  ["under way", { attempts: 1, removed: 1, total: 2 }, /removed: 1 of 2\.<[\s\S]*>Under way</],
  [
    "asked to wait",
    { attempts: 2, nextAttemptAt: plus(now, seconds(90)), removed: 1, total: 2 },
    /removed: 1 of 2\. It asked us to wait, or did not answer\. We try again at 14:04\.[\s\S]*>Trying again</,
  ],
  [
    "asked to wait until tomorrow",
    { attempts: 2, nextAttemptAt: plus(now, minutes(600)) },
    /We try again on 23 Nov 2026 at 00:02\./,
  ],
  ["done", ended, /^ class="good"[\s\S]*Done at 14:02\. It took 4 seconds\.[\s\S]*>Done</],
  ["done at once", { ...ended, endedAt: madeAt }, /It took 1 second\./],
  ["done late", { ...ended, endedAt: plus(madeAt, minutes(13)) }, /It took 13 minutes\./],
  [
    "done the next day",
    { ...ended, endedAt: plus(madeAt, minutes(1500)) },
    /on 23 Nov 2026 at 15:02\. It took 25 hours/,
  ],
  [
    "done, with something left",
    { ...ended, removed: 1, left: ["FIDO2 security key or passkey", "Phone"] },
    /^ class="warn"[\s\S]*removed: 1\. Still there: security key or passkey and Phone\. Remove what is left[\s\S]*aka\.ms/,
  ],
  [
    "done, and issues no pass",
    { ...ended, removed: 5, passRefused: true },
    /^ class="good"[\s\S]*removed: 5\. No temporary pass could be issued there\. [\s\S]*user support[\s\S]*>Done</,
  ],
  [
    "failed for good",
    { state: "failed", left: ["Key"] },
    /^ class="bad"[\s\S]*Contact user support[\s\S]*Still there: Key\.[\s\S]*>Failed</,
  ],
  ["kept back", { state: "withheld" }, /frozen before it was told[\s\S]*>Stopped</],
];
for (const [what, given, says] of lines)
  test(`REC-3 a directory that is ${what} says so`, () => assert.match(lineOf(given), says));

test("REC-3 the list begins with the proof and with what ended here", () => {
  assert.match(
    textOf({}),
    /You proved who you are<\/b><p>By Suomi\.fi e-Identification, at 14:02<[\s\S]*Sign-in: Revontuli University<\/b><p>Sign-in methods removed: 2\. Sessions ended: 3\.</,
  );
  assert.match(textOf({ provedBy: null }), /You proved who you are<\/b><p>At 14:02</, "a service that is gone");
});

test("REC-3 the heading and what is promised follow the list", () => {
  const waiting = [told()];
  assert.match(textOf({ directories: waiting }), /are being removed<\/h1>[\s\S]*10 minutes at most/);
  const late = plus(now, -minutes(11));
  assert.match(textOf({ directories: waiting, madeAt: late }), /longer than the 10 minutes that it should/);
  assert.match(textOf({ directories: [told(ended)] }), /are removed<\/h1>[\s\S]*Nobody gets in by them any more/);
  assert.match(textOf({ directories: [told({ state: "failed" })] }), /here, but not everywhere<\/h1>/);
});

test("REC-3 a list that goes on has its script and the way to reload it; one that is over has neither", () => {
  for (const [directories, moves] of [
    [[told()], true],
    [[told(ended)], false],
    [[], false],
  ] as const)
    for (const part of [/<script src="[^"]*progress/, /Update this list/, /data-live/])
      assert.equal(part.test(textOf({ directories })), moves, `${part}`);
});

test("REC-3 a pass is offered to nobody but the browser that proved it, and once shown it says so", () => {
  const directories = [told({ ...ended, id: "17", hasPass: true })];
  const own = textOf({ directories, isOwn: true });
  assert.match(own, new RegExp(`action="${statusPath}/pass"[\\s\\S]*name="job" value="17"[\\s\\S]*Show the pass`));
  assert.doesNotMatch(textOf({ directories }), /pass\b/i);
  const shown = [told({ ...ended, passShown: true })];
  assert.match(textOf({ directories: shown, isOwn: true }), /The temporary pass has been shown/);
  assert.doesNotMatch(textOf({ directories: shown }), /pass\b/i);
});

test("REC-3 the answer shows the pass, until when it is good, and where; afterwards there is none", () => {
  const view = { ...statusView(), directory: { en: "Microsoft 365" }, setUpUrl: "https://aka.ms/mfasetup" };
  const page = passPage(view, { value: "a<b>&c", expiresAt: plus(now, minutes(60)) });
  assert.match(`${page.main}`, /a&lt;b&gt;&amp;c[\s\S]*Valid until 15:02\.[\s\S]*aka\.ms\/mfasetup/);
  assert.match(page.title, /Microsoft 365/);
  assert.match(`${noPassPage(view).lede}`, /shown once/);
});

test("REC-3 REC-7 linking anew, or why not and where to go", () => {
  const link = new RegExp(`action="${statusPath}/link"[\\s\\S]*Link a new sign-in method`);
  assert.match(textOf({ linkAnew: "open", isOwn: true }), link);
  for (const [linkAnew, says] of [
    ["elsewhere", /in the browser in which you proved/],
    ["late", /More than 30 minutes/],
    ["changed", /Your account has changed[\s\S]*class="btn" href="\/sign-in\?organisation=revontuli"/],
  ] as const) {
    assert.match(textOf({ linkAnew }), says);
    assert.match(textOf({ linkAnew }), /href="\/recover\?organisation=revontuli"/);
    assert.doesNotMatch(textOf({ linkAnew }), link);
  }
});

test("GUI-1 every state is said in all three languages", () => {
  for (const language of languages)
    for (const [what, given] of lines) assert.ok(lineOf(given, { language }).length > 100, `${language} ${what}`);
  assert.match(lineOf(ended, { language: "fi" }), /Valmis klo 14\.02\. Aikaa kului 4 sekuntia\./);
  assert.match(lineOf(ended, { language: "sv" }), /Klart kl\. 14[.:]02\. Det tog 4 sekunder\./);
});
