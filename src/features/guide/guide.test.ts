import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type AccountGround, openAccountGround } from "../../../test/grounds/account-ground.ts";
import { languages } from "../../kernel/language.ts";
import { translator } from "../../platform/i18n/index.ts";
import { guides } from "./guides.ts";
import { guidePage } from "./pages.ts";

let ground: AccountGround;
before(async () => {
  ground = await openAccountGround();
});
after(() => ground.close());
beforeEach(() => ground.setPolicy({ methods: null }));

const offered = (page: string) => [...page.matchAll(/href="\/help\/(\w+)[?"]/g)].map(([, name]) => name);

test("GUI-3 guides are those of the methods that the organisation permits, an app's and a token's among them", async () => {
  const stranger = await ground.browser();
  const { status, page } = await stranger.get("/help?organisation=koivula");
  assert.equal(status, 200);
  assert.deepEqual(offered(page), ["totp", "token"]);
  assert.match(page, /555 ?0100/, "with the support contacts");
  await ground.setPolicy({
    methods: Object.fromEntries(
      ["staff", "student", "external", "guest"].map((each) => [each, { permitted: ["eid"] }]),
    ),
  });
  assert.deepEqual(offered((await stranger.get("/help?organisation=koivula")).page), []);
  assert.equal((await stranger.get("/help/totp?organisation=koivula")).to, "/help?organisation=koivula");
  assert.deepEqual(
    offered((await stranger.get("/help")).page),
    ["totp", "token"],
    "without one, all that is in service",
  );
});

test("GUI-3 whoever is signed in reads what their own category may use", async () => {
  const aino = await ground.person("guided@koivula.example");
  const here = await ground.browser(aino);
  await ground.setPolicy({ methods: { staff: { permitted: ["eid"] } } });
  assert.deepEqual(offered((await here.get("/help")).page), []);
  assert.deepEqual(offered((await (await ground.browser()).get("/help?organisation=koivula")).page), ["totp", "token"]);
});

test("GUI-1 GUI-3 every guide is there in three languages, a picture at each step, and nothing unsaid", () => {
  for (const language of languages)
    for (const guide of guides) {
      const { title, main, help } = guidePage(
        { t: translator(language), query: "", publicUrl: "https://login.example" },
        guide,
      );
      const page = `${title}${main}${help}`;
      assert.equal(page.match(/<svg class="picture"/g)?.length, guide.steps.length);
      assert.doesNotMatch(page, /\{\{|guide:|undefined/, `${guide.name} in ${language}`);
    }
});

test("GUI-3 guides are linked from User services and from the pages of a sign-in; made-up ones lead to the list", async () => {
  const aino = await ground.person("linked@koivula.example");
  const here = await ground.browser(aino);
  assert.match((await here.get("/account")).page, /href="\/help"/);
  const stranger = await ground.browser();
  const journey = (await stranger.get("/sign-in?organisation=koivula")).to;
  assert.match((await stranger.get(journey)).page, /href="\/help\?organisation=koivula"/);
  for (const name of ["nothing", "constructor", "%00", "..%2fx"])
    assert.equal((await stranger.get(`/help/${name}?organisation=koivula`)).to, "/help?organisation=koivula", name);
  assert.equal((await stranger.get("/help/totp?organisation=nobody")).status, 200);
});
