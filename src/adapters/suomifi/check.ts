import { X509Certificate } from "node:crypto";
import { between, days, type Instant, plus } from "../../kernel/time.ts";
import type { BrokerCheck, RelyingPartyKeys } from "../../ports/identity-broker.ts";
import { type Connection, type Obstacle, obstacleTo } from "./connection.ts";
import { trustedNow } from "./idp-metadata.ts";

const soon = days(30);
const refresh = "Give Suomi.fi's metadata anew, as idpMetadata.";

const obstacles: Readonly<Record<Obstacle, BrokerCheck>> = {
  "test-environment": {
    verdict: "fail",
    says: "This is Suomi.fi's test environment, which vouches for nobody; it is not used in production.",
    todo: "Give the metadata of Suomi.fi's production environment, as idpMetadata.",
  },
  "metadata-outdated": { verdict: "fail", says: "Suomi.fi's metadata is outdated.", todo: refresh },
  "certificates-outdated": {
    verdict: "fail",
    says: "No certificate in Suomi.fi's metadata is valid now, so no answer can be believed.",
    todo: refresh,
  },
};

/** What `vahva doctor` tells: how long what we know of Suomi.fi is good, and our own certificates. */
export async function checkConnection(connection: Connection, now: Instant): Promise<readonly BrokerCheck[]> {
  const obstacle = obstacleTo(connection, now);
  const ours = await connection.context.keys.published();
  return [obstacle ? obstacles[obstacle] : checkTheirs(connection, now), ...ours.map((key) => checkOurs(key, now))];
}

/** The last day on which anything of theirs is believed, unless the metadata is given anew. */
function checkTheirs({ idp }: Connection, now: Instant): BrokerCheck {
  const trusted = trustedNow(idp, now).map((pem) => new X509Certificate(pem).validToDate);
  const last = new Date(Math.max(...trusted.map((date) => date.getTime())));
  const end = idp.validUntil && idp.validUntil < last ? idp.validUntil : last;
  const says = `Suomi.fi's metadata is good until ${dayOf(end)}; answers may be signed with ${trusted.length === 1 ? "one certificate" : `${trusted.length} certificates`}.`;
  return end < plus(now, soon) ? { verdict: "advice", says, todo: refresh } : { verdict: "pass", says };
}

type Published = Awaited<ReturnType<RelyingPartyKeys["published"]>>[number];

function checkOurs({ use, certificate, createdAt }: Published, now: Instant): BrokerCheck {
  const { validToDate } = new X509Certificate(certificate);
  const kind = use === "sig" ? "signing" : "encryption";
  const age = Math.max(0, Math.floor(between(createdAt, now) / days(1)));
  const says = `Our ${kind} certificate is ${age} days old and valid until ${dayOf(validToDate)}.`;
  const todo = "Rotate our keys, and send Suomi.fi our metadata anew before the old ones go.";
  if (validToDate <= now) return { verdict: "fail", says, todo };
  return validToDate < plus(now, soon) ? { verdict: "advice", says, todo } : { verdict: "pass", says };
}

const dayOf = (instant: Instant): string => instant.toISOString().slice(0, 10);
