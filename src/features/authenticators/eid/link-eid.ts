import type { Identity } from "../../../kernel/identity.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import {
  type Authenticator,
  insertAuthenticator,
  type Journey,
  linkNotices,
  type Outcome,
  type StepHandler,
} from "../../journey/index.ts";
import { makeDepart } from "./depart.ts";
import { choicesFor, type EidDeps } from "./eid-deps.ts";
import { anotherPerson, objection } from "./judge.ts";
import { chooseMeansPage } from "./pages.ts";
import { helpPage } from "./refusal-pages.ts";
import type { Found } from "./seals.ts";

/** Binds an identity to the account: at activation (ACT-5), or later by the person (USR-4). */
export function makeLinkEid(deps: EidDeps): StepHandler {
  const depart = makeDepart(deps);
  return {
    kind: "eid-link",
    amr: [],
    page: async (view) => {
      const { language, now, journey } = view;
      const choices = () =>
        choicesFor(deps.brokers.offeredTo(journey.organisation), journey.organisation, { language, now });
      return helpPage(view) ?? chooseMeansPage(view, await choices(), "link");
    },
    attempt: (journey, form, poster) => depart("eid-link", journey, form, poster),
  };
}

/** Whether who was identified may be bound to the journey's account, and then is. */
export async function judgeLink(
  deps: EidDeps,
  tx: Tx,
  journey: Journey,
  { identity, ...found }: Found & { identity: Identity },
  now: Instant,
): Promise<Outcome> {
  const { account, organisation } = journey;
  if (!account || !organisation) throw new Error("an eID is linked for nobody");
  const { broker, level } = found;
  const against = await objection(deps, tx, journey, found);
  if (against) return against;
  const binding = { accountId: account.id, organisationId: account.organisationId, identity, broker, level };
  const verdict = await deps.identities.bind(tx, binding, now);
  if (verdict === "another-person") return anotherPerson(broker);
  if (verdict === "bound-elsewhere")
    return {
      result: "refused",
      notice: { key: "eid:bound-elsewhere", tone: "warn" },
      event: { type: "identity.refused", detail: { broker, reason: "bound-elsewhere" } },
    };
  const known = journey.authenticators.find(({ method }) => method === "eid");
  const made: Authenticator = known ?? {
    id: deps.random.id(),
    method: "eid",
    name: null,
    linkedAt: now,
    lastUsedAt: null,
  };
  if (!known) await insertAuthenticator(tx, account.id, made);
  return {
    result: "shown",
    proofs: [
      { kind: "eid-link", authenticatorId: made.id },
      { kind: "eid", authenticatorId: made.id },
    ],
    ...(known ? {} : { linked: [made], messages: await linkNotices(tx, account, organisation, "eid", now) }),
    event: { type: "method.linked", detail: { method: "eid", authenticator: made.id, broker, level } },
  };
}
