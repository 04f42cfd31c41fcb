import { createServer, type IncomingHttpHeaders } from "node:http";

export type GatewayRequest = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
export type GatewayAnswer = { status: number; body?: string; headers?: Record<string, string> };

/** A small HTTP gateway on loopback that keeps what it was asked and answers as told; `"silence"` never answers. */
export async function startSmsGateway() {
  const requests: GatewayRequest[] = [];
  let answer: GatewayAnswer | "silence" = { status: 200, body: "OK" };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      if (answer === "silence") return;
      response.on("error", () => {}); // a reader that stops after its limit
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (next: GatewayAnswer | "silence") => {
      answer = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
