import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { brandCss } from "./brand.ts";

type Asset = Readonly<{ type: string; body: Buffer; brotli: Buffer | undefined; etag: string; hash: string }>;

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

const forEver = "public, max-age=31536000, immutable";

const assets = readAssets(publicDirectory());

/** The address of a file of `public/` (`vahva.css`, `icons/beams.svg`) that changes with its contents. */
export function assetPath(name: string): string {
  const asset = assets.get(name);
  if (!asset) throw new Error(`there is no ${name} in public/`);
  return `/assets/${hashedName(name, asset.hash)}`;
}

/** Serves `public/` and the organisations' colours from memory. Plain names work too, checked again at each use. */
export function assetRoutes(app: FastifyInstance): void {
  const hashed = new Map([...assets].map(([name, asset]) => [hashedName(name, asset.hash), asset]));

  app.get<{ Params: { "*": string } }>("/assets/*", (request, reply) => {
    const name = request.params["*"];
    const lasting = hashed.get(name);
    const asset = lasting ?? assets.get(name);
    if (!asset) return reply.callNotFound();
    return send(request, reply.header("cache-control", lasting ? forEver : "no-cache"), asset);
  });

  // Browsers ask for this name by themselves, beside pages that are not ours (a JSON answer, a picture).
  app.get("/favicon.ico", (request, reply) => {
    const asset = assets.get("favicon.svg");
    if (!asset) return reply.callNotFound();
    return send(request, reply.header("cache-control", "public, max-age=86400"), asset);
  });

  app.get<{ Params: { colour: string } }>("/brand/:colour.css", (request, reply) => {
    const css = brandCss(request.params.colour);
    if (!css) return reply.callNotFound();
    return reply.header("cache-control", forEver).type("text/css; charset=utf-8").send(css);
  });
}

function send(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply.header("etag", asset.etag).header("vary", "accept-encoding");
  if (request.headers["if-none-match"]?.includes(asset.etag)) return reply.code(304).send();
  reply.type(asset.type);
  if (asset.brotli && /\bbr\b/.test(request.headers["accept-encoding"] ?? ""))
    return reply.header("content-encoding", "br").send(asset.brotli);
  return reply.send(asset.body);
}

/** Every file by its path in `public/`. The style sheet is its layers in `css/`, joined: one request a page. */
function readAssets(directory: string): ReadonlyMap<string, Asset> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => types[extname(name)] !== undefined);
  const layers = names.filter((name) => name.startsWith("css/")).sort();
  const found = new Map<string, Asset>();
  for (const name of names)
    if (!layers.includes(name)) found.set(name, asset(name, readFileSync(join(directory, name))));
  const sheet = layers.map((name) => readFileSync(join(directory, name), "utf8")).join("\n");
  found.set("vahva.css", asset("vahva.css", Buffer.from(withHashedNames(withoutComments(sheet), found))));
  return found;
}

function asset(name: string, body: Buffer): Asset {
  const hash = createHash("sha256").update(body).digest("base64url").replace(/[-_]/g, "").slice(0, 12);
  const type = types[extname(name)] ?? "application/octet-stream";
  return { type, body, brotli: type.startsWith("font") ? undefined : compress(body), etag: `W/"${hash}"`, hash };
}

function compress(body: Buffer): Buffer {
  return brotliCompressSync(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 18 },
  });
}

function withoutComments(css: string): string {
  return css.replace(/\/\*[\s\S]*?\*\/\s*/g, "");
}

/** `url(fonts/x.woff2)` becomes the name that may be cached for ever; both are relative to the sheet. */
function withHashedNames(css: string, found: ReadonlyMap<string, Asset>): string {
  return css.replace(/url\(["']?([^"')]+)["']?\)/g, (_, name: string) => {
    const target = found.get(name);
    if (!target) throw new Error(`the style sheet names ${name}, which is not in public/`);
    return `url(${hashedName(name, target.hash)})`;
  });
}

function hashedName(name: string, hash: string): string {
  return `${name.slice(0, -extname(name).length)}.${hash}${extname(name)}`;
}

/** `public/` is beside `package.json`, from source and from the packed release alike. */
function publicDirectory(from: string = import.meta.dirname): string {
  const here = join(from, "public");
  if (existsSync(join(here, "css"))) return here;
  if (dirname(from) === from) throw new Error("the folder public/ is missing");
  return publicDirectory(dirname(from));
}
