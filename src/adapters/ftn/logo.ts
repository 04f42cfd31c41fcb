import { isBrokerAddress } from "./settings.ts";

/** A logo is a few kilobytes; it travels in the page. */
const largest = 24 * 1024;
const types = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml"]);

/**
 * A picture that the broker names, as a `data:` address: pages load nothing from others, and whoever looks at the choice is
 * not told to the bank. Null when there is none in time; letters stand in its place then.
 */
export async function loadLogo(url: string | undefined, signal: AbortSignal): Promise<string | null> {
  if (!url || !isBrokerAddress(url)) return null;
  try {
    const response = await fetch(url, { redirect: "error", signal, headers: { accept: [...types].join(", ") } });
    const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    if (response.status !== 200 || !types.has(type)) {
      await response.body?.cancel();
      return null;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > largest) return null; // leaving the loop cancels the rest
      chunks.push(chunk);
    }
    return `data:${type};base64,${Buffer.concat(chunks).toString("base64")}`;
  } catch {
    return null;
  }
}
