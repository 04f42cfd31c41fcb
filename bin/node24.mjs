// Vahva runs TypeScript as it is, which takes Node 24. An older Node passes over to the one that npm installed beside it.
// Plain JavaScript for Node 20 and up.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const node24 = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Resolves when this process is Node 24 or later; otherwise the same command goes on there and this never resolves. */
export async function underNode24() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return;
  if (!existsSync(node24)) {
    console.error(`Vahva needs Node 24 or later, and this is ${process.version}. "npm start" brings one along.`);
    process.exit(1);
  }
  const args = [...process.execArgv, ...process.argv.slice(1)];
  if (process.execve && process.platform !== "win32") process.execve(node24, [node24, ...args], process.env);
  await new Promise(() => {
    const child = spawn(node24, args, { stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  });
}
