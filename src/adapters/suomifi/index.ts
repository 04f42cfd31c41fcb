import { X509Certificate } from "node:crypto";
import type { BrokerContext, BrokerKind, BrokerSettings, IdentityBroker } from "../../ports/identity-broker.ts";
import { checkConnection } from "./check.ts";
import { makeConnection, obstacleTo } from "./connection.ts";
import { trustedNow } from "./idp-metadata.ts";
import { judgeResponse } from "./judge-response.ts";
import { makeLogout } from "./logout.ts";
import { readMemory, writeMemory } from "./memory.ts";
import { authnRequest, newMessageId } from "./messages.ts";
import { openResponse } from "./open-response.ts";
import { redirectUrl } from "./redirect-binding.ts";
import { parseSettings } from "./settings.ts";
import { spMetadata } from "./sp-metadata.ts";

/** Suomi.fi e-Identification by SAML 2.0. Only organisations of the public administration may use it, each with its own permit. */
export const suomifiKind: BrokerKind = {
  profiles: ["suomifi"],
  onlyWhereNamed: true,
  parse: (_profile, given) => {
    const parsed = parseSettings(given);
    return "problems" in parsed ? parsed : { settings: parsed.settings };
  },
  connect,
};

function connect({ name, settings: given }: BrokerSettings, context: BrokerContext): IdentityBroker {
  const parsed = parseSettings(given);
  if ("problems" in parsed) throw new Error("these settings have not been parsed");
  const { settings, idp } = parsed;
  const connection = makeConnection(name, settings, idp, context);
  const { entityId, acsUrl } = connection;

  return {
    async depart({ state, language, now }) {
      const obstacle = obstacleTo(connection, now);
      if (obstacle) return { result: "unavailable", reason: obstacle };
      const id = newMessageId();
      const xml = authnRequest({ id, entityId, destination: idp.ssoUrl, now }, { acsUrl, language });
      const { privateKey } = await context.keys.signing();
      const url = redirectUrl(idp.ssoUrl, { kind: "SAMLRequest", xml, relayState: state }, privateKey);
      return { result: "departs", url, memory: writeMemory({ id }) };
    },

    async identify(answer, { memory, sentAt, level, now }) {
      const obstacle = obstacleTo(connection, now);
      if (obstacle) return { result: "unavailable", reason: obstacle };
      const requestId = readMemory(memory)?.id;
      if (requestId === undefined || !answer.SAMLResponse) return { result: "refused", reason: "malformed" };
      const keys = (await context.keys.decryption()).map(({ privateKey }) => privateKey);
      const opened = await openResponse(answer.SAMLResponse, { certificates: trustedNow(idp, now), keys });
      if (typeof opened === "string") return { result: "refused", reason: opened };
      const { methods } = connection;
      const asked = { idpEntityId: idp.entityId, entityId, acsUrl, requestId, sentAt, methods, level, now };
      return judgeResponse(opened, asked);
    },

    // People choose their bank on Suomi.fi's own page.
    selection: async () => ({ means: [], notices: [], disturbance: null }),
    check: (now) => checkConnection(connection, now),
    metadata: () => spMetadata(connection),
    logout: makeLogout(connection),

    async registration() {
      const published = await context.keys.published();
      const fingerprints = published.map(({ use, certificate }): [string, string] => [
        use === "sig" ? "Signing certificate (SHA-256)" : "Encryption certificate (SHA-256)",
        new X509Certificate(certificate).fingerprint256,
      ]);
      return {
        values: [
          ["Metadata address", connection.metadataUrl],
          ["entityID", entityId],
          ["AssertionConsumerService (HTTP-POST)", acsUrl],
          ["SingleLogoutService (HTTP-Redirect)", connection.logoutUrl],
          ...fingerprints,
          ["What to do", whatToDo],
        ],
        documents: [{ name: "suomifi-metadata.xml", content: await spMetadata(connection) }],
      };
    },
  };
}

const whatToDo =
  "Apply for a permit to use Suomi.fi e-Identification, compare the fingerprints, and give the metadata in Suomi.fi's administration; it is taken into use on weekdays (test) or on Wednesdays (production).";
