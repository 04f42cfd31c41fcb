import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, machineClock } from "../../../src/ports/clock.ts";
import { type IdpSession, makeSuomifiIdp } from "./idp.ts";
import { type SuomifiPerson, suomifiPeople } from "./people.ts";
import { attributeIn } from "./redirects.ts";
import type { Changes } from "./response.ts";

/**
 * Suomi.fi on loopback, for a browser: a page on which one chooses who one is, or goes back, and logout both ways. It knows us
 * once our metadata is registered, and refuses what Suomi.fi refuses. `answerNext` makes its next answers go wrong.
 */
export async function startSuomifi({ clock = machineClock }: { clock?: Clock } = {}) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  const idp = makeSuomifiIdp({ url: `http://127.0.0.1:${port}`, clock });
  let logoutUrl = "";
  let changes: Changes = {};
  /** The newest last. */
  const sessions: IdpSession[] = [];
  const refusals: string[] = [];
  const loggedOut: string[] = [];

  const choice = async (address: string): Promise<string> => {
    const to = idp.readRequest(address);
    const form = async (label: string, person: SuomifiPerson, how: Changes) => {
      const { xml, session } = await idp.respondXml(to, person, how);
      sessions.push(session);
      const field = (name: string, value: string) =>
        `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
      return `<form method="post" action="${to.acsUrl}">${field("SAMLResponse", Buffer.from(xml).toString("base64"))}${field("RelayState", to.relayState)}<button>${label}</button></form>`;
    };
    const people = Object.values(suomifiPeople).map((person) => form(person.name, person, changes));
    const forms = await Promise.all([...people, form("Cancel", suomifiPeople.nordea, { status: "AuthnFailed" })]);
    return page(`<h1>Suomi.fi</h1>${forms.join("")}`, to.language);
  };

  const logout = (address: string): string => {
    const { kind, xml, relayState } = idp.readLogout(address);
    if (kind === "SAMLResponse") {
      loggedOut.push(attributeIn(xml, "LogoutResponse", "InResponseTo"));
      return page("<h1>You have signed out</h1>", "en");
    }
    const query = idp.logoutResponse(attributeIn(xml, "LogoutRequest", "ID"), {}, relayState);
    return page(`<h1>Sign out</h1><a href="${escapeHtml(`${logoutUrl}?${query}`)}">Go on</a>`, "en");
  };

  server.on("request", async (request, response) => {
    const address = `${idp.url}${request.url}`;
    try {
      const html = address.startsWith(`${idp.url}/sso`) ? await choice(address) : logout(address);
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
    } catch (error) {
      refusals.push(String(error));
      response.writeHead(400, { "content-type": "text/html; charset=utf-8" }).end(page("<h1>Error</h1>", "en"));
    }
  });

  return {
    ...idp,
    register: (spMetadata: string) => {
      idp.register(spMetadata);
      logoutUrl = attributeIn(spMetadata, "SingleLogoutService", "Location");
    },
    /** How the answers differ from right ones, on pages shown from now on. */
    answerNext: (next: Changes) => {
      changes = next;
    },
    sessions,
    refusals,
    /** The logout requests of its own that we have answered, by their identifiers. */
    loggedOut,
    /** The address at our place that its page of logout opens in an iframe, to end a session. */
    logoutAddress: (session: IdpSession) => `${logoutUrl}?${idp.logoutRequest(session)}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

export type TestSuomifi = Awaited<ReturnType<typeof startSuomifi>>;

const page = (body: string, language: string): string =>
  `<!doctype html><html lang="${language}"><title>Suomi.fi</title><body>${body}</body></html>`;
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] ?? "&quot;");
