import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { ApplicationRegistry } from "../../src/features/applications/index.ts";
import { freePort } from "../harness/free-port.ts";
import { part } from "../harness/parts.ts";
import { until } from "../harness/service.ts";

const needed = ["apache", "mod-auth-openidc"] as const;

/** Why there can be no Apache with mod_auth_openidc here, as a sentence for a test's `skip`; false when it can. */
export const noApache = (): string | false => {
  const missing = needed.map(part).find((found) => "missing" in found);
  return missing && "missing" in missing ? missing.missing : false;
};

const claims = ["sub", "acr", "amr", "auth_time", "email", "name", "iss"];
const page = `<!doctype html><html lang="en"><title>Wiki</title><body><h1>Wiki</h1>
<p>User: <!--#echo var="REMOTE_USER" --></p>
<dl>${claims.map((name) => `<dt>${name}</dt><dd id="${name}"><!--#echo var="OIDC_CLAIM_${name}" --></dd>`).join("")}</dl>
<p><a href="/wiki/callback?logout=LEFT">Sign out</a></p></body></html>`;

/** An application that nobody here wrote: Apache with mod_auth_openidc (code, PKCE), a wiki for whoever is signed in. */
export async function startApache({
  url,
  features,
}: {
  url: string;
  features: { applications: Pick<ApplicationRegistry, "register"> };
}) {
  const apache = part("apache");
  const module = part("mod-auth-openidc");
  if ("missing" in apache || "missing" in module) throw new Error("Apache is not installed");
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  const registered = await features.applications.register(
    {
      organisationId: null,
      settings: {
        name: { en: "Wiki" },
        redirectUris: [`${own}/wiki/callback`],
        postLogoutRedirectUris: [`${own}/left.html`],
        homeUrl: `${own}/wiki/`,
      },
    },
    { actor: "operator" },
  );
  if ("problems" in registered) throw new Error(JSON.stringify(registered.problems));

  const folder = mkdtempSync(join(tmpdir(), "vahva-apache-"));
  chmodSync(folder, 0o755); // root's Apache serves as another user
  mkdirSync(join(folder, "www/wiki"), { recursive: true });
  writeFileSync(join(folder, "www/wiki/index.shtml"), page.replace("LEFT", encodeURIComponent(`${own}/left.html`)));
  writeFileSync(join(folder, "www/left.html"), "<!doctype html><title>Wiki</title><p>You have left the wiki</p>");
  const modules = join(module.path, "..");
  const load = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "include"].map(
    (name) => `LoadModule ${name}_module ${join(modules, `mod_${name}.so`)}`,
  );
  writeFileSync(
    join(folder, "apache.conf"),
    `ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
LogLevel warn
${load.join("\n")}
LoadModule auth_openidc_module ${module.path}
${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
TypesConfig /etc/mime.types
DocumentRoot ${folder}/www
OIDCProviderMetadataURL ${url}/.well-known/openid-configuration
OIDCClientID ${registered.clientId}
OIDCClientSecret ${registered.secret}
OIDCRedirectURI ${own}/wiki/callback
OIDCCryptoPassphrase the-tests-own
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim email
OIDCRedirectURLsAllowed ^${own}/
<Directory ${folder}/www>
  Options +Includes
  DirectoryIndex index.shtml
  AddType text/html .shtml
  AddOutputFilter INCLUDES .shtml
  Require all granted
</Directory>
<Location /wiki>
  AuthType openid-connect
  Require valid-user
</Location>
`,
  );
  const child = spawn(apache.path, ["-f", join(folder, "apache.conf"), "-DFOREGROUND"], { stdio: "ignore" });
  const exit = once(child, "exit");
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await exit;
    rmSync(folder, { recursive: true, force: true });
  };
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Apache ended: ${readFileSync(join(folder, "error.log"), "utf8")}`);
    return (await fetch(`${own}/left.html`).catch(() => null))?.ok;
  }, "Apache to answer");
  return { url: own, stop, log: () => readFileSync(join(folder, "error.log"), "utf8") };
}
