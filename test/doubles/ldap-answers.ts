import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** What is asked for: bind, search, modify, and an extended operation, which STARTTLS is. */
export type LdapRequest = "bind" | "search" | "modify" | "extended";
const requests: Readonly<Record<number, readonly [LdapRequest, answer: number]>> = {
  96: ["bind", 0x61],
  99: ["search", 0x65],
  102: ["modify", 0x67],
  119: ["extended", 0x78],
};

/** A directory that knows nothing but result codes, one for each kind of request; "hang-up" and "silence" besides. It hangs up on anything else. */
export async function startLdapAnswers(
  answers: Partial<Record<LdapRequest, number | "hang-up" | "silence">>,
  /** What it says with each result. */
  words = "",
) {
  const heard: (LdapRequest | "something else")[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    socket.on("data", (data) => {
      const { id, tag } = headOf(data);
      const [request, answerTag] = requests[tag] ?? [];
      heard.push(request ?? "something else");
      const answer = request ? (answers[request] ?? 0) : "hang-up";
      if (answer === "hang-up") socket.destroy();
      else if (typeof answer === "number" && answerTag !== undefined)
        socket.write(
          Buffer.concat([
            Buffer.from([
              0x30,
              12 + words.length,
              2,
              1,
              id,
              answerTag,
              7 + words.length,
              10,
              1,
              answer,
              4,
              0,
              4,
              words.length,
            ]),
            Buffer.from(words),
          ]),
        );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP listener has one
    heard,
    connections: () => sockets.length,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The message's number, of one byte here, and what it asks for (RFC 4511 §4.1.1). */
function headOf(data: Buffer): { id: number; tag: number } {
  const length = data[1] ?? 0;
  const start = length & 0x80 ? 2 + (length & 0x7f) : 2;
  return { id: data[start + 2] ?? 0, tag: data[start + 3] ?? 0 };
}
