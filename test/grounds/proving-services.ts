import assert from "node:assert/strict";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { startCandour } from "../doubles/candour/index.ts";
import { startGraph } from "../doubles/graph/index.ts";
import { describe, makeVisitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { makeOrganisation } from "../harness/people.ts";
import type { MovableClock } from "../harness/service.ts";
import { eidVisits } from "./eid-visits.ts";
import { graphCertificate } from "./graph.ts";
import { openSuomifiService } from "./suomifi-service.ts";

export type ProvingServices = Awaited<ReturnType<typeof openProvingServices>>;

/** Where a reset is proved by Suomi.fi or at Candour, and told to Graph: each a double, except that Suomi.fi is SimpleSAMLphp. */
export async function openProvingServices({ clock }: { clock: MovableClock }) {
  const { certificate, privateKey } = graphCertificate;
  const [suomifi, candour, graph] = await Promise.all([
    openSuomifiService({ demo: true, clock }),
    startCandour({ clock }),
    startGraph({ certificate, clock }),
  ]);
  const by = { actor: "operator" } as const;
  const { settings, secret } = candour;
  const service = { name: "candour", profile: "candour", title: { en: "Candour ID" }, settings, secret };
  const added = await suomifi.features.identityBrokers.add(service, by);
  assert.ok("broker" in added, JSON.stringify(added));

  let count = 0;
  const organisation = (): Promise<Organisation> => {
    count += 1;
    const recovery = { services: { staff: ["suomifi", "candour"] } };
    return makeOrganisation(suomifi, `koivula-${count}`, { policy: { eid: { brokers: ["suomifi"] }, recovery } });
  };
  const visits = eidVisits(suomifi, { broker: () => assert.fail("there is none") });
  const first = await organisation();
  await eventually(async () => {
    const visitor = makeVisitor(suomifi.url);
    await visitor.get(`/recover?organisation=${first.slug}`);
    await visitor.submit({ email: "anybody@koivula.example" });
    assert.match((await visitor.submit({}, "reset")).html, /value="candour"/);
  });

  return {
    ...suomifi,
    clock,
    candour,
    graph,
    organisation,
    /** Somebody who is bound by Suomi.fi, and signs in by it alone; at Candour they are `tero`. */
    async bound() {
      const own = await organisation();
      const { visitor, email, accountId } = await suomifi.toChoice(own);
      const page = await suomifi.post(await suomifi.passThrough(visitor, "secret"), visitor);
      assert.match(page.heading, /Your account is active/, describe(page));
      return { own, email, accountId };
    },
    /** Somebody who signs in by an app, and has never been bound to anybody. */
    async unbound() {
      const own = await organisation();
      return { own, ...(await visits.activatedByApp(own)) };
    },
    /** Its people order their new passwords from now on. */
    async sendsTemporary({ slug }: Organisation): Promise<void> {
      const policy = { password: { way: "temporary" } };
      const changed = await suomifi.features.organisations.changeOrganisation(slug, { policy }, by);
      assert.ok(typeof changed === "object" && "organisation" in changed, JSON.stringify(changed));
    },
    /** The organisation has accounts at Graph, which gives passes after a reset. */
    async addGraph({ id }: Organisation): Promise<void> {
      const title = { fi: "Microsoft 365", en: "Microsoft 365" };
      const issuePass = { on: true, lifetimeInMinutes: 60, isUsableOnce: true };
      const directory = await suomifi.features.directories.registry.add(
        id,
        {
          name: "entra",
          kind: "graph",
          title,
          setUpUrl: "https://aka.ms/mfasetup",
          settings: { ...graph.settings, issuePass },
          secret: privateKey,
        },
        by,
      );
      assert.ok("directory" in directory, JSON.stringify(directory));
    },
    close: async () => {
      await suomifi.close();
      await Promise.all([candour.stop(), graph.stop()]);
    },
  };
}
