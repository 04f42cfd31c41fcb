import assert from "node:assert/strict";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { startSenders } from "../abuse/senders.ts";
import type { suomifiPeople } from "../doubles/suomifi/people.ts";
import { password, startSimpleSamlPhp } from "../doubles/suomifi/simplesamlphp.ts";
import { describe, makeVisitor, type Page, type Visitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { invitedWithPin, makeOrganisation } from "../harness/people.ts";
import { type MovableClock, startService } from "../harness/service.ts";
import { suomifiSettings } from "./suomifi-ground.ts";

export type SuomifiService = Awaited<ReturnType<typeof openSuomifiService>>;
type Person = keyof typeof suomifiPeople;

/** What a browser is about to post from the identity provider's page. */
export type Posted = Readonly<{ to: string; form: Readonly<Record<string, string>> }>;

/**
 * The whole service on two nodes, with SimpleSAMLphp in the place of Suomi.fi. Each has read the other's metadata, as their
 * operators would give it. In production mode, unless it is `demo`: only there a browser may be led on to http.
 */
export async function openSuomifiService({ demo = false, clock }: { demo?: boolean; clock?: MovableClock } = {}) {
  const [senders, provider] = await Promise.all([startSenders(), startSimpleSamlPhp()]);
  const env: Record<string, string> = demo ? {} : { ...senders.env, VAHVA_EID_ENVIRONMENT: "test" };
  const common = { ...(clock && { clock }) };
  const first = await startService({ ...common, env, bank: true });
  const { url, databaseUrl } = first;
  const startNode = () => startService({ ...common, env: { ...env, VAHVA_PUBLIC_URL: url }, databaseUrl });
  const second = await startNode();
  const origins: readonly string[] = [url, `http://localhost:${second.port}`];
  const settings = { ...suomifiSettings, idpMetadata: provider.metadata };
  const title = { en: "Suomi.fi" };
  const added = await first.features.identityBrokers.add(
    { name: "suomifi", profile: "suomifi", title, settings },
    { actor: "operator" },
  );
  assert.ok("broker" in added, JSON.stringify(added));
  const base = `${url}/eid/suomifi`;
  const metadataAt = async (origin: string) => {
    const answer = await fetch(`${origin}/eid/suomifi/metadata`);
    assert.equal(answer.status, 200);
    return answer.text();
  };
  const [metadata = ""] = await Promise.all(origins.map((origin) => eventually(() => metadataAt(origin))));
  const certificateFor = (use: string): string =>
    new RegExp(`KeyDescriptor use="${use}">.*?<ds:X509Certificate>([^<]+)`, "s").exec(metadata)?.[1] ?? "";
  provider.register({
    entityId: `${base}/metadata`,
    acsUrl: `${base}/acs`,
    logoutUrl: `${base}/logout`,
    signing: certificateFor("signing"),
    encryption: certificateFor("encryption"),
  });

  const service = { ...first, ...(!demo && { inbox: () => senders.inbox() }) };

  /** From the choice of ways to Suomi.fi, where `person` signs in; what their browser would post to us then. */
  async function passThrough(visitor: Visitor, person: Person): Promise<Posted> {
    const page = await visitor.submit({}, "suomifi");
    assert.ok(page.url.startsWith(provider.url), describe(page));
    await visitor.submit({ username: person, password });
    const form = visitor.page().forms.find(({ fields }) => "SAMLResponse" in fields);
    assert.ok(form, describe(visitor.page()));
    return { to: form.action, form: form.fields };
  }

  /** The post comes from another site, so without cookies; what it leads to is opened with them. */
  async function post({ to, form }: Posted, visitor: Visitor, origin = url): Promise<Page> {
    const init = { method: "POST", body: new URLSearchParams(form), redirect: "manual" } as const;
    const answer = await fetch(to.replace(url, origin), init);
    assert.equal(answer.status, 303);
    return visitor.get(new URL(answer.headers.get("location") ?? "", origin).href);
  }

  let count = 0;
  return {
    ...service,
    provider,
    origins,
    startNode,
    post,
    passThrough,
    visitor: () => makeVisitor(url),
    /** Suomi.fi is offered where the policy names it. */
    organisation: (): Promise<Organisation> => {
      count += 1;
      return makeOrganisation(service, `kunta-${count}`, { policy: { eid: { brokers: ["suomifi"] } } });
    },
    /** An invited person who has chosen to activate by eID. */
    async toChoice(organisation: Organisation) {
      const visitor = makeVisitor(url);
      const invited = await invitedWithPin(service, organisation);
      await visitor.get(invited.link);
      await visitor.submit({ pin: invited.pin });
      await visitor.submit({}, "eid");
      return { ...invited, visitor };
    },
    /** Somebody who wants to sign in, at the button that leads to Suomi.fi. */
    async toSignIn({ slug }: Organisation, visitor: Visitor = makeVisitor(url)): Promise<Visitor> {
      await visitor.get(`${url}/sign-in?organisation=${slug}&to=account`);
      await visitor.submit({}, "eid");
      return visitor;
    },
    close: async () => {
      await Promise.all([provider.stop(), second.close()]);
      await first.close();
      await senders.stop();
    },
  };
}
