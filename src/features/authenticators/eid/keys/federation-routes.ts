import type { FastifyInstance } from "fastify";
import { hours, type Instant, plus } from "../../../../kernel/time.ts";
import type { Clock } from "../../../../ports/clock.ts";
import type { RelyingPartyKeys } from "../../../../ports/identity-broker.ts";
import type { Brokers } from "../brokers/broker.ts";
import { callbackUrl } from "../brokers/connect-broker.ts";
import { type FederationDocuments, federationPaths } from "./federation.ts";

export type FederationDeps = Readonly<{
  publicUrl: string;
  clock: Clock;
  keys: RelyingPartyKeys;
  brokers: Pick<Brokers, "all">;
  documents: FederationDocuments;
}>;

/** A document is good for at least a day: an hour leaves brokers that keep it themselves enough of that. */
const longest = hours(1);

type About = Parameters<FederationDocuments["entityStatement"]>[0];
type Made = Readonly<{ of: string; until: Instant; body: Promise<string> }>;

/**
 * What brokers read of us, at addresses of their own: who we are, and our keys. They are made once an hour, and when a
 * key or a broker comes or goes. Not found while no broker is configured that would read them.
 */
export function federationRoutes(app: FastifyInstance, deps: FederationDeps): void {
  const { publicUrl, clock, keys, brokers, documents } = deps;

  const serve = (path: string, type: string, make: (about: About) => Promise<string>) => {
    let made: Made | null = null;
    app.get(path, { config: { machine: true } }, async (_request, reply) => {
      // By SAML metadata, and by a shared secret, they know us otherwise.
      const readers = brokers.all().filter(({ connection, provesOnly }) => !connection.metadata && !provesOnly);
      if (readers.length === 0) return reply.callNotFound();
      const redirectUris = readers.map(({ name }) => callbackUrl(publicUrl, name)).toSorted();
      const [entity, published] = await Promise.all([keys.entity(), keys.published()]);
      const of = [...redirectUris, entity.kid, ...published.map(({ kid }) => kid)].join(" ");
      const now = clock.now();
      if (made?.of !== of || made.until <= now) {
        const body = make({ publicUrl, keys, redirectUris, organisationName: new URL(publicUrl).hostname, now });
        made = { of, until: plus(now, longest), body };
        body.catch(() => {
          made = null;
        });
      }
      const { body } = made;
      // As bytes, so that no charset is put behind the type.
      return reply
        .header("cache-control", "public, max-age=3600")
        .type(type)
        .send(Buffer.from(await body));
    });
  };
  serve(federationPaths.entityStatement, "application/entity-statement+jwt", documents.entityStatement);
  serve(federationPaths.signedJwks, "application/jwk-set+jwt", documents.signedJwks);
  serve(federationPaths.plainJwks, "application/json", documents.plainJwks);
}
