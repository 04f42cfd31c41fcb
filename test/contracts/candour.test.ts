import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { minutes, plus, seconds } from "../../src/kernel/time.ts";
import { isSigned } from "../doubles/candour/requests.ts";
import { troubles } from "../doubles/ftn-broker/trouble.ts";
import { type CandourGround, callbackUrl, openCandourGround } from "../grounds/candour-ground.ts";
import { passThrough } from "../grounds/candour-visit.ts";

// The real adapter before the double of Candour ID, which judges each request as Candour is known to.

let ground: CandourGround;
before(async () => {
  ground = await openCandourGround();
});
after(() => ground.stop());

const left = async (...given: Parameters<CandourGround["leave"]>) => {
  const departure = await ground.leave(...given);
  assert.ok(departure.result === "departs", JSON.stringify(departure));
  return departure;
};
const hetu = (value: string) => ({ country: "FI", type: "hetu", value }) as const;

test("REC-3 who a passport names is told by the code of its state, and Candour keeps nothing of it", async () => {
  const people = [
    ["tero", hetu("010170-999R")],
    ["namesake", hetu("010170-998P")],
    ["asa", { country: "SE", type: "personnummer", value: "198112289874" }],
  ] as const;
  for (const [document, identity] of people) {
    const came = await ground.round(`show ${document}`);
    const at = ground.clock.now();
    assert.deepEqual(came, {
      result: "identified",
      identity,
      level: "substantial",
      authenticatedAt: at,
      brokerSession: null,
    });
  }
  assert.equal(ground.candour.kept(), 0);
});

test("REC-3 a document without a code that can be checked describes its person, and names nobody", async () => {
  const person = { givenName: "KADRI", familyName: "TAMM", birthDate: "1985-04-12" };
  for (const more of [
    {},
    { nationalIdentificationNumber: "48504120000" },
    { idIssuer: "Politsei", nationality: "EST" },
  ]) {
    const came = await ground.round("show kadri", more);
    assert.deepEqual(came, { result: "described", person, level: "substantial", authenticatedAt: ground.clock.now() });
  }
  const without = await ground.round("show tero", { nationalIdentificationNumber: null });
  assert.ok(without.result === "described" && without.person.familyName === "ÄYRÄMÖ");
  assert.equal(ground.candour.kept(), 0);
});

test("REC-3 the session asks for who it is and for no picture, and nothing of the person goes along", async () => {
  const { state } = await left();
  const wanted = ground.candour.wanted();
  const { resultProperties, callbackUrl: back, ...rest } = wanted;
  assert.equal(back, `${callbackUrl}?state=${state}`);
  const asked = Object.entries(resultProperties).flatMap(([name, value]) => (value ? [name] : []));
  assert.deepEqual(asked, ["name", "dateOfBirth", "nationalIdentificationNumber", "idIssuer", "nationality"]);
  const now = ground.clock.now();
  assert.deepEqual(rest, {
    timestamp: now.toISOString().replace(".000", ""),
    validUntil: plus(now, minutes(20)).toISOString().replace(".000", ""),
    tries: 3,
    allowedVerificationMethods: { rfidApp: true, idApp: false, idWeb: false },
    allowedVerificationDocuments: { passport: true, idCard: true },
  });
});

test("REC-3 it may be done on the phone: pending until it is, however early or often the answer is asked for", async () => {
  const { come } = await left();
  for (const answer of [{}, { status: "finished", identityVerified: "true" }])
    assert.deepEqual(await come(answer), { result: "pending" });
  ground.clock.advance(minutes(3));
  ground.candour.act("show tero");
  const [first, second] = await Promise.all([come(), come()]);
  // Both asked before either had Candour erase it, or one came too late: never another person.
  assert.ok([first, second].some(({ result }) => result === "identified"));
  assert.deepEqual(await come(), { result: "refused", reason: "session-gone" });
});

test("REC-3 a person goes through the invitation in one browser, and may cancel there", async () => {
  const kept = ground.candour.kept();
  const { url, come, state } = await left();
  assert.equal(await passThrough(url, "phone"), `${callbackUrl}?state=${state}`);
  assert.deepEqual(await come(), { result: "pending" });
  await passThrough(url, "show tero");
  assert.equal((await come()).result, "identified");
  assert.equal(await passThrough(url, "show asa"), null);

  const other = await left();
  await passThrough(other.url, "cancel");
  assert.deepEqual(await other.come(), { result: "cancelled" });
  assert.equal(ground.candour.kept(), kept);
});

test("REC-4 T46 what is not done, not verified or not this session's proves nobody, and is erased", async () => {
  const cases = [
    ["stranger", {}, "not-verified"],
    ["show tero", { identityVerified: false }, "not-verified"],
    ["show tero", { identityVerified: "true" }, "not-verified"],
    ["show tero", { identityVerified: 1 }, "not-verified"],
    ["show tero", { status: "expired" }, "expired"],
    ["show tero", { status: "failed" }, "failed"],
    ["show tero", { status: "Finished" }, "status-unknown"],
    ["show tero", { status: "constructor" }, "status-unknown"],
    ["show tero", { manualOverride: { manualFailure: true, originalStatus: "finished" } }, "manual-failure"],
    ["show tero", { status: "finishedManual", manualOverride: { manualFailure: true } }, "manual-failure"],
    ["show tero", { verificationSessionId: "0b0c2a54-6d0e-4c0e-9a55-0f6f3f1f3c11" }, "session-differs"],
    ["show tero", { nationalIdentificationNumber: "010170-999S" }, "identity-code-wrong"],
    ["show asa", { idIssuer: "FIN" }, "identity-code-wrong"],
    ["show tero", { dateOfBirth: "1970-01-02" }, "birth-date-differs"],
    ["show kadri", { lastName: " " }, "person-incomplete"],
    ["show kadri", { firstName: undefined }, "person-incomplete"],
    ["show kadri", { dateOfBirth: "1985-02-30" }, "person-incomplete"],
    ["show kadri", { dateOfBirth: "12.4.1985" }, "person-incomplete"],
  ] as const;
  const kept = ground.candour.kept();
  for (const [act, more, reason] of cases)
    assert.deepEqual(await ground.round(act, more), { result: "refused", reason }, `${act} ${JSON.stringify(more)}`);
  assert.equal(ground.candour.kept(), kept);
});

test("REC-3 what somebody at Candour has looked at and confirmed counts, unless an operator leaves it out", async () => {
  const byHand = { status: "finishedManual", manualOverride: { manualSuccess: true, manualFailure: false } };
  assert.equal((await ground.round("show tero", byHand)).result, "identified");
  const settings = { statuses: { success: ["finished"] } };
  const refused = { result: "refused", reason: "status-unknown" };
  assert.deepEqual(await ground.round("show tero", byHand, { settings }), refused);
});

test("T47 only ways to read a document that an operator has given a level are asked for and believed", async () => {
  const unknown = { result: "refused", reason: "method-unknown" };
  for (const verificationMethod of ["idApp", "idWeb", "mrzApp", "other", undefined])
    assert.deepEqual(await ground.round("show tero", { verificationMethod }), unknown);

  const settings = { levels: { rfidApp: "high", idApp: "substantial" } };
  const high = await ground.round("show tero", {}, { settings, level: "high" });
  assert.ok(high.result === "identified" && high.level === "high");
  await left({ settings });
  assert.deepEqual(ground.candour.wanted().allowedVerificationMethods, { rfidApp: true, idApp: true, idWeb: false });
  await left({ settings, level: "high" });
  assert.deepEqual(ground.candour.wanted().allowedVerificationMethods, { rfidApp: true, idApp: false, idWeb: false });
  const low = await ground.round("show tero", { verificationMethod: "idApp" }, { settings, level: "high" });
  assert.deepEqual(low, { result: "refused", reason: "level-too-low" });
  const camera = await ground.round("show tero", { verificationMethod: "idApp" }, { settings });
  assert.ok(camera.result === "identified" && camera.level === "substantial");

  const never = { result: "unavailable", reason: "level-out-of-reach" };
  assert.deepEqual(await ground.leave({ level: "high" }), never);
});

test("T48 a result is of the moment: after we asked, and not from the future", async () => {
  // A round takes two minutes.
  const at = (offset: number) => plus(ground.clock.now(), minutes(2) + offset).toISOString();
  const cases = [
    [() => ({ updatedAt: at(-minutes(4)) }), "result-old"],
    [() => ({ updatedAt: at(minutes(2)) }), "result-from-the-future"],
    [() => ({ updatedAt: at(0).replace("Z", "") }), "time-missing"],
    [() => ({ updatedAt: "yesterday" }), "time-missing"],
    [() => ({ updatedAt: undefined, timestamp: undefined }), "time-missing"],
  ] as const;
  for (const [told, reason] of cases)
    assert.deepEqual(await ground.round("show tero", told()), { result: "refused", reason });
  for (const offset of [-seconds(170), seconds(50)])
    assert.equal((await ground.round("show tero", { updatedAt: at(offset) })).result, "identified");
});

test("T83 a person is sent to Candour and to nowhere else", async () => {
  const cases = [
    "https://evil.example/invitation",
    "https://candour.fi.evil.example/",
    "https://evilcandour.fi/",
    "https://sandbox.candour.fi@evil.example/",
    "http://sandbox.candour.fi/",
    "javascript:alert(1)",
    "//evil.example/",
    "",
  ];
  for (const link of cases) {
    ground.candour.answerNext({ link });
    assert.deepEqual(await ground.leave(), { result: "unavailable", reason: "invitation-elsewhere" }, link);
  }
  const link = "https://id.example.fi/invitation?invitationGuid=1";
  ground.candour.answerNext({ link });
  assert.equal((await left({ settings: { invitationHosts: ["id.example.fi"] } })).url, link);
  ground.candour.answerNext({ session: "../../other" });
  assert.deepEqual(await ground.leave(), { result: "unavailable", reason: "answer-unreadable" });
  assert.deepEqual(await ground.leave({ means: "face" }), { result: "unavailable", reason: "means-unknown" });
});

test("every request is signed over its very bytes, and a wrong secret is nobody's", async () => {
  const unavailable = { result: "unavailable", reason: "broker-refused-us" };
  assert.deepEqual(await ground.leave({ secret: "another" }), unavailable);
  assert.deepEqual(await ground.leave({ settings: { clientId: "another" } }), unavailable);
  assert.deepEqual(await ground.leave({ secret: null }), { result: "unavailable", reason: "no-secret" });
  // Computed by OpenSSL: printf 'Äö {"a":1}' | openssl dgst -sha256 -hmac 'sälaisuus'
  const signature = "ff6a0248b37fe23da741383cd1a34d751c665b4b640057cb35a8ee0a04fcaa13";
  assert.ok(isSigned(Buffer.from('Äö {"a":1}'), signature, "sälaisuus"));
  const session = await left();
  assert.deepEqual(await session.come(), { result: "pending" });
  assert.equal(ground.candour.log.filter(({ at }) => at === "unsigned").length, 2);
});

test("T52 a service in trouble is unavailable, whatever trouble and where, and well again afterwards", async () => {
  for (const step of ["create", "read"] as const)
    for (const trouble of [...troubles, 401, 403] as const) {
      // A small limit for those that last until the adapter gives up.
      const lasting = ["hang", "slow-drip", "huge-body"].includes(String(trouble));
      const wishes = lasting ? { limit: seconds(0.7) } : {};
      const before = step === "read" ? await left(wishes) : null;
      ground.candour.answerNext({ [step]: [trouble] });
      const came = await (before ? before.come() : ground.leave(wishes));
      assert.equal(came.result, "unavailable", `${step}: ${trouble}`);
      if (!before || lasting) continue;
      ground.candour.act("show tero");
      assert.equal((await before.come()).result, "identified", `${step}: ${trouble}`);
    }
  ground.candour.answerNext({ create: [404] });
  assert.deepEqual(await ground.leave(), { result: "unavailable", reason: "broker-error" });
  const unreadable = await left();
  ground.candour.tell({ status: null });
  assert.deepEqual(await unreadable.come(), { result: "unavailable", reason: "answer-unreadable" });
});

test("REC-3 erasing is tried twice, whoever was proved is so without it, and somebody is told which session is left", async () => {
  const kept = ground.candour.kept();
  ground.candour.answerNext({ erase: ["http-500"] });
  assert.equal((await ground.round()).result, "identified");
  assert.equal(ground.candour.kept(), kept);
  assert.deepEqual(ground.notErased, []);
  ground.candour.answerNext({ erase: ["reset", "hang"] });
  assert.equal((await ground.round()).result, "identified");
  assert.equal(ground.candour.kept(), kept + 1);
  const asked = ground.candour.log.slice(-3).map(({ at }) => at);
  assert.deepEqual(asked, ["read", "erase", "erase"]);
  assert.deepEqual(ground.notErased, [`candour ${ground.candour.sessions().at(-1)}`]);
});

test("in production the sandbox proves nobody, and another address is to be given", async () => {
  const context = { environment: "production" } as const;
  const misplaced = { result: "unavailable", reason: "test-service-in-production" };
  assert.deepEqual(await ground.leave(context), misplaced);
  const settings = { baseUrl: "https://rest-sandbox.candour.fi/v1" };
  assert.deepEqual(await ground.leave({ ...context, settings }), misplaced);
  const none = { settings: { baseUrl: undefined } };
  assert.deepEqual(await ground.leave({ ...context, ...none }), { result: "unavailable", reason: "no-base-url" });
});

test("people choose the service by its name: it has no means of any country", async () => {
  const selection = await ground.adapter().selection("fi", ground.clock.now());
  assert.deepEqual(selection, { means: [], notices: [], disturbance: null });
});

test("OPS-2 what an operator is told says whether Candour answers, by our key and at our hour", async () => {
  const verdicts = async (...given: Parameters<CandourGround["adapter"]>) =>
    (await ground.adapter(...given).check(new Date())).map(({ verdict, says }) => `${verdict} ${says}`);
  assert.deepEqual(await verdicts(), ["pass Candour answers to our key.", "pass Our clock and Candour's agree."]);
  const [, , camera] = await verdicts({ levels: { idApp: "substantial", rfidApp: "high" } });
  assert.match(camera ?? "", /^advice .*idApp/);
  assert.deepEqual(await verdicts({}, { secret: "another" }), ["fail Candour does not accept our key."]);
  assert.deepEqual(await verdicts({}, { secret: null }), ["fail There is no secret to sign with."]);
  assert.match((await verdicts({}, { environment: "production" }))[0] ?? "", /^fail .*test service/);
  assert.deepEqual(await verdicts({ baseUrl: "http://127.0.0.1:9/v1" }), ["fail Candour can't be reached."]);
  ground.candour.answerNext({ read: ["maintenance"] });
  assert.match((await verdicts())[0] ?? "", /^fail/);

  const { values, documents } = await ground.adapter().registration(new Date());
  const told = Object.fromEntries(values);
  assert.equal(told.callbackUrl, `${callbackUrl}?state=…`);
  assert.equal(told.allowedVerificationMethods, "rfidApp");
  assert.deepEqual(documents, []);
});
