import type { Pool, PoolClient } from "pg";

/**
 * Counts how often a request waits for the database: statements sent while others of the same connection are still
 * under way travel with them, and count once.
 */
export function countRoundTrips(pool: Pool) {
  let count = 0;
  const texts: string[] = [];
  const watch = (client: PoolClient) => {
    let underWay = 0;
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]): unknown => {
      const [first] = args;
      const text = typeof first === "string" ? first : ((first as { text?: string }).text ?? "");
      texts.push(`${underWay === 0 ? "→" : " "} ${text.replace(/\s+/g, " ").trim()}`);
      if (underWay === 0) count += 1;
      underWay += 1;
      const last = args.at(-1);
      if (typeof last === "function") {
        args[args.length - 1] = (...results: unknown[]) => {
          underWay -= 1;
          last(...results);
        };
        return query(...args);
      }
      const answer = query(...args);
      const settle = () => {
        underWay -= 1;
      };
      if (answer instanceof Promise) answer.then(settle, settle);
      else underWay -= 1;
      return answer;
    };
    client.query = counted as typeof client.query;
  };
  pool.on("connect", watch);
  // Those that are open already: the pool keeps them where its types don't tell.
  for (const client of (pool as unknown as { _clients: PoolClient[] })._clients) watch(client);
  return {
    /** Round trips during `run`. */
    async during<T>(run: () => Promise<T>): Promise<{ trips: number; texts: string[]; result: T }> {
      const before = count;
      const from = texts.length;
      const result = await run();
      return { trips: count - before, texts: texts.slice(from), result };
    },
  };
}
