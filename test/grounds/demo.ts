import assert from "node:assert/strict";
import type { PrepareDeps } from "../../src/features/demo/index.ts";
import type { Service } from "../harness/service.ts";

/** What the demo is prepared with, of a service that runs. */
export function demoDeps({ composed, url: publicUrl }: Service): PrepareDeps {
  const { db, clock, random, keyring, features, senders } = composed;
  const { organisations, inviting, applications, identityBrokers, identities, directories } = features;
  const { invite } = inviting;
  const { inbox } = senders;
  assert.ok(inbox, "the service runs in demo mode");
  const made = { ...organisations, invite, applications, identityBrokers, identities, directories };
  return { db, clock, random, keyring, inbox, publicUrl, ...made };
}
