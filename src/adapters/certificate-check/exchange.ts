import { Trouble } from "./trouble.ts";

/** One request and its body, at most `limit` bytes of it before `signal` ends it. Redirects are not followed. Throws `Trouble`. */
export async function exchange(url: string, init: RequestInit, limit: number, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Trouble(`answered ${response.status}`);
    }
    return await readBody(response, limit);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(signal.aborted ? "is too slow" : "can't be reached", error);
  }
}

async function readBody(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) throw new Trouble("answered too much"); // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
