import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { CardPki } from "../doubles/card-pki/index.ts";
import { part, pathOf } from "./parts.ts";
import { noBrowser, openBrowser } from "./real-browser.ts";

const needed = ["openssl", "softhsm2-util", "softhsm2", "pkcs11-tool", "certutil", "gcc"] as const;

/** Where Chromium looks for its policies, without which it asks in a window of its own which certificate to show. */
const policies = "/etc/chromium";

/** Runs what follows in a mount namespace of its own, where `$0` lies in the place of the browser's policies. */
const inNamespace = (script: string) => ["unshare", "-m", "--propagation", "private", "sh", "-c", script];
const mount = `mount --bind "$0" ${policies}`;

/** Why there can be no browser with a card reader here, as a sentence for a test's `skip`; false when there can. */
export function noCardBrowser(): string | false {
  const missing = needed.map(part).find((found) => "missing" in found);
  if (missing && "missing" in missing) return missing.missing;
  if (noBrowser()) return noBrowser();
  if (!existsSync(policies)) return `this browser does not read ${policies}`;
  const [command = "", ...args] = inNamespace(mount);
  return spawnSync(command, [...args, tmpdir()]).status === 0 ? false : "only root may give a browser its own policies";
}

export type CardBrowser = Awaited<ReturnType<typeof openCardBrowser>>;

type CardBrowserOptions = Readonly<{
  pki: Pick<CardPki, "card" | "der" | "tls">;
  /** Names of the authority's cards, of which the first one is in the reader. */
  cards: readonly string[];
  /** What the person keys on the reader. */
  pin?: string;
  /** Where the browser shows the card without asking which certificate, such as `https://[*.]card.localhost:4701`. */
  origins: readonly string[];
}>;

/** How long the browser believes what it last saw in the reader, in milliseconds: NSS looks once a second. */
const glance = 1100;

/** The PIN of every card. */
const rightPin = "1234";

/**
 * Chromium with a card reader that has a PIN pad: tokens of SoftHSM hold the cards' keys, `pinpad.c` is the reader. The
 * browser trusts the authority's TLS certificates. A PIN is good until the card is pulled; each window may show the card.
 */
export async function openCardBrowser({ pki, cards, pin = rightPin, origins }: CardBrowserOptions) {
  const folder = mkdtempSync(join(tmpdir(), "vahva-card-reader-"));
  const at = (name: string) => join(folder, name);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let seated = cards[0] ?? "";
  /** Puts a card in the place of the one in the reader; "" is none. */
  const insertCard = async (card: string) => {
    if (card === seated) return;
    seated = card;
    writeFileSync(at("card"), card);
    await sleep(glance);
  };
  try {
    const env = { SOFTHSM2_CONF: at("softhsm2.conf"), CARD_READER: folder, CARD_READER_MODULE: pathOf("softhsm2") };
    mkdirSync(at("tokens"));
    writeFileSync(env.SOFTHSM2_CONF, `directories.tokendir = ${at("tokens")}\nlog.level = ERROR\n`);
    for (const card of cards) issueCard(pki, card, env);
    writeFileSync(at("card"), seated);
    writeFileSync(at("pin"), pin);
    furnish(at("home"), { root: pki.tls.ca, reader: compileReader(at("reader.so")) });
    const browser = await openBrowser({ program: writeStarter(folder, origins), home: at("home"), env });
    return {
      window: browser.window,
      insertCard,
      pullCard: () => insertCard(""),
      close: () => browser.close().finally(remove),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A token as an issuer makes a card: the key, its certificate, and the CA's. */
function issueCard(pki: CardBrowserOptions["pki"], card: string, env: { CARD_READER: string }): void {
  const options = { env: { ...process.env, ...env }, stdio: "pipe" } as const;
  const token = (...args: string[]) => execFileSync(pathOf("softhsm2-util"), args, options);
  token("--init-token", "--free", "--label", card, "--so-pin", "12345678", "--pin", rightPin);
  token("--import", pki.card(card).key, "--token", card, "--label", "auth", "--id", "45", "--pin", rightPin);
  const onto = ["--module", pathOf("softhsm2"), "--token-label", card, "--login", "--pin", rightPin];
  for (const [name, id] of [
    [card, "45"],
    ["issuing", "46"],
  ] as const) {
    const file = join(env.CARD_READER, `${name}.der`);
    writeFileSync(file, pki.der(name));
    const object = ["--write-object", file, "--type", "cert", "--id", id, "--label", name];
    execFileSync(pathOf("pkcs11-tool"), [...onto, ...object], options);
  }
}

function compileReader(path: string): string {
  const flags = ["-shared", "-fPIC", "-I/usr/include/p11-kit-1"];
  execFileSync(pathOf("gcc"), [...flags, join(import.meta.dirname, "pinpad.c"), "-o", path], { stdio: "pipe" });
  return path;
}

/** A home whose keychain trusts `root` and knows the reader. */
function furnish(home: string, { root, reader }: { root: string; reader: string }): void {
  const keychain = join(home, ".pki/nssdb");
  mkdirSync(keychain, { recursive: true });
  const certutil = (args: string[], input = "") =>
    execFileSync(pathOf("certutil"), [...args, "-d", `sql:${keychain}`], { input, stdio: "pipe" });
  certutil(["-N", "--empty-password"]);
  certutil(["-A", "-n", "root", "-t", "C,,", "-a"], root);
  appendFileSync(join(keychain, "pkcs11.txt"), `library=${reader}\nname=reader\n\n`);
}

/** A program that starts Chromium with policies of its own; the namespace that holds them ends with it. */
function writeStarter(folder: string, origins: readonly string[]): string {
  const chosen = origins.map((pattern) => JSON.stringify({ pattern, filter: {} }));
  const policy = join(folder, "etc/policies/managed");
  mkdirSync(policy, { recursive: true });
  writeFileSync(join(policy, "cards.json"), JSON.stringify({ AutoSelectCertificateForUrls: chosen }));
  const starter = join(folder, "chromium");
  const words = [...inNamespace(`${mount} && exec "$@"`), join(folder, "etc"), pathOf("chromium")];
  writeFileSync(starter, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`, { mode: 0o755 });
  return starter;
}
