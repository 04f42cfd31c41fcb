// A node of its own for races: `node test/grounds/provider-process.ts <database url> <port> <public url>`. Says when it serves.
import { startHost } from "./provider-host.ts";

const [url = "", port = "0", publicUrl = ""] = process.argv.slice(2);
const host = await startHost({ url, port: Number(port), publicUrl });
process.stdout.write("serving\n");
process.stdin.resume();
process.stdin.once("end", () => void host.close().then(() => process.exit(0)));
