import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { holds, runAllFlows } from "./all-flows.ts";
import { readEverything } from "./snapshot.ts";

let run: Awaited<ReturnType<typeof runAllFlows>>;
let log: string;
before(async () => {
  run = await runAllFlows();
});
after(() => run?.close());

const leaksIn = (text: string, from: Iterable<[string, string]>) =>
  [...from].filter(([, secret]) => secret !== "" && holds(text, secret)).map(([what]) => what);

test("AUD-4 T102 every secret of the run is known, or nothing would be found", () => {
  assert.ok(run.secrets.size >= 44, `${run.secrets.size}`);
  for (const [what, value] of run.secrets) assert.ok(value.length >= 6, `${what}: ${value}`);
});

test("AUD-4 T102 audit rows and what became of messages hold no secret", async () => {
  const everything = await readEverything(run.db);
  for (const table of ["audit_event", "audit_stream", "audit_checkpoint", "message"]) {
    const rows = everything.get(table)?.join("\n") ?? "";
    assert.ok(rows.length > 0 || table === "audit_checkpoint", table);
    assert.deepEqual(leaksIn(rows, run.secrets), [], table);
  }
  const types = new Set(everything.get("audit_event")?.map((row) => JSON.parse(row).type));
  for (const type of ["pin.refused", "password.refused", "code.refused", "token.refused", "sign-in.succeeded"])
    assert.ok(types.has(type), `${type} is not among ${[...types]}`);
});

test("AUD-4 T102 pages repeat nothing but what a person typed and needs again", () => {
  const shown = ["key of the app", "link token", "unknown user name", "user name in a fault", "unknown link"];
  const confirmed = ["message to support", "token of a confirmation", "password link"];
  for (const { html, path } of run.pages) {
    // The token of the form is the browser's own; the page's own address is in its links to other languages.
    const form = html.replace(/name="form_token" value="[^"]*"|href="[^"]*[?;&]lang=\w\w"/g, "");
    const leaked = leaksIn(form, run.secrets).filter((what) => ![...shown, ...confirmed].includes(what));
    assert.deepEqual(leaked, [], path);
  }
  assert.ok(
    run.pages.some(({ status }) => status === 500),
    "a fault was among them",
  );
});

test("AUD-4 T102 metrics hold no secret and nobody's address", async () => {
  const metrics = await run.metrics();
  assert.match(metrics, /vahva_events_total\{/);
  assert.deepEqual(leaksIn(metrics, [...run.secrets, ...run.personal]), []);
});

test("AUD-4 T102 nothing that the process printed at the level of debug, faults and its end among it, holds a secret", async () => {
  await run.node.kill();
  log = run.node.log();
  assert.match(log, /"level":50/, "the fault is in it");
  assert.match(log, /password/, "and says where");
  assert.deepEqual(leaksIn(log, [...run.secrets, ...run.personal]), []);
  for (const [what, secret] of run.secrets)
    for (const form of [encodeURIComponent(secret), Buffer.from(secret).toString("base64")])
      assert.ok(secret.length < 8 || !log.includes(form), what);
});
