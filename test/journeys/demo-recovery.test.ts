import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeVisitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { type Service, startService } from "../harness/service.ts";

let service: Service;
before(async () => {
  service = await startService({ bank: true });
});
after(() => service.close());

test("demo REC-3 DIR-1: a student who lost a phone proves who they are, and one watches what reaches the other systems", async () => {
  const mikael = makeVisitor(service.url);
  const watcher = makeVisitor(service.url);
  await eventually(async () => {
    const { text } = await watcher.get("/demo/directory");
    assert.match(text, /Microsoft Authenticator.*Phone.*Study register.*Microsoft Authenticator.*Phone/s);
  });
  await watcher.submit({}, "It refuses for good Study register and library (demo)");

  await mikael.get("/recover?organisation=revontuli");
  await mikael.submit({ email: "mikael.ohman@student.revontuli.example" });
  await mikael.submit({}, "MFA reset");
  await mikael.submit({}, "Kuusipankki");
  await mikael.submit({}, "Mikael Öhman");
  const status = mikael.page().path;
  assert.match(status, /^\/recover\/status\/[\w-]{43}$/);
  await eventually(async () => assert.match((await watcher.get("/demo/directory")).text, /Nothing is linked/));
  await eventually(async () => {
    const { text } = await mikael.get(status);
    assert.match(text, /Microsoft 365 \(demo\).*Done.*Study register and library \(demo\).*Failed/s);
  });
  await mikael.submit({}, "pass");
  assert.match(mikael.page().text, /DEMO-\d{4}-\d{4}/);

  await mikael.get(status);
  await mikael.submit({}, "Link a new");
  await mikael.submit({}, "Online banking codes");
  await mikael.submit({}, "Kuusipankki");
  await mikael.submit({}, "Mikael Öhman");
  await mikael.click("Sign in");
  assert.match(mikael.page().text, /Online banking|bank authentication/i, "nobody was signed in by it");
});

test("demo REC-5: a guest of the university learns who looks after their account", async () => {
  const guest = makeVisitor(service.url);
  await guest.get("/recover?organisation=revontuli");
  await guest.submit({ email: "aada@kaamos.example" });
  assert.match(guest.page().text, /Kaamos University of Applied Sciences/);
});
