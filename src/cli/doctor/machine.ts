import { lookup } from "node:dns/promises";
import { statSync } from "node:fs";
import process from "node:process";
import type { Config } from "../../config.ts";
import { advice, type Check, fail, pass } from "./check.ts";

/** Node 24 runs TypeScript as it is. */
export function checkNode(): Check {
  const major = Number.parseInt(process.versions.node, 10);
  return major >= 24
    ? pass("Node", `Version ${process.versions.node}.`)
    : fail(
        "Node",
        `Version ${process.versions.node} is too old.`,
        'Use Node 24 or later; "npm start" brings one along.',
      );
}

/** Nobody but the service's own user may look into the data folder. */
export function checkFolder({ dataFolder, database, demo }: Config): Check {
  const name = "Data folder";
  const needed = database.url === null || demo;
  const stats = statSync(dataFolder, { throwIfNoEntry: false });
  if (!stats) return pass(name, needed ? `${dataFolder} will be made at the first start.` : "Not needed.");
  if (!stats.isDirectory()) return fail(name, `${dataFolder} is not a folder.`, "Choose another one with VAHVA_DATA.");
  if (process.platform !== "win32" && (stats.mode & 0o022) !== 0)
    return fail(name, `Others may write to ${dataFolder}.`, `chmod go-w "${dataFolder}"`);
  return pass(name, `${dataFolder}, only its owner may write there.`);
}

/** Sixteen different characters at least: a repeated or typed-out secret is no secret. */
export function checkSecrets({ secrets, demo }: Config): Check {
  const name = "Secret";
  const todo = "Make one with `openssl rand -base64 48`, and put it in front of the old one in VAHVA_SECRET.";
  if (!secrets) return advice(name, "Made by itself and kept in the data folder: good for a demonstration only.", todo);
  const weak = secrets.some((secret) => new Set(secret.reveal()).size < 16);
  if (weak) return demo ? advice(name, "It is easily guessed.", todo) : fail(name, "It is easily guessed.", todo);
  return pass(
    name,
    `${secrets.length === 1 ? "One secret" : `${secrets.length} secrets, the first seals`}, long enough.`,
  );
}

const local = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** People must reach the service by https at a name that resolves. */
export async function checkAddress({ publicUrl, demo }: Config): Promise<Check> {
  const name = "Public address";
  const { protocol, hostname } = new URL(publicUrl);
  if (local.has(hostname))
    return demo
      ? pass(name, `${publicUrl}, on this machine only.`)
      : advice(
          name,
          `${publicUrl} is reached from this machine only.`,
          "Set VAHVA_PUBLIC_URL to the address people use.",
        );
  if (protocol !== "https:")
    return fail(
      name,
      `${publicUrl} is not encrypted.`,
      "Set VAHVA_PUBLIC_URL to an address that begins with https://.",
    );
  try {
    const { address } = await lookup(hostname);
    return pass(name, `${publicUrl} resolves to ${address}.`);
  } catch {
    return fail(name, `${hostname} does not resolve.`, "Add it to the DNS, or correct VAHVA_PUBLIC_URL.");
  }
}
