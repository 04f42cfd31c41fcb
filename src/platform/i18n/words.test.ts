import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { languages } from "../../kernel/language.ts";
import { readResources } from "./resources.ts";

const resources = readResources();
const namespaces = Object.keys(resources.en);

/** `lock-out_one` and `continue_totp` are forms of one sentence, `lock-out` and `continue`. */
const base = (key: string) => key.split("_")[0] ?? key;

/** Every sentence there is, with the names of its placeholders. */
const sentences = languages.flatMap((language) =>
  Object.entries(resources[language]).flatMap(([namespace, words]) =>
    Object.entries(words).map(([key, text]) => ({ language, name: `${namespace}:${key}`, text })),
  ),
);
const named = (language: string) => sentences.filter((sentence) => sentence.language === language);

test("GUI-1 every sentence is there in all three languages", () => {
  const english = named("en").map(({ name }) => name);
  for (const language of languages)
    assert.deepEqual(
      named(language)
        .map(({ name }) => name)
        .sort(),
      [...english].sort(),
      language,
    );
});

test("no sentence is empty, and keys are in kebab-case", () => {
  for (const { language, name, text } of sentences) {
    assert.notEqual(text.trim(), "", `${language} ${name}`);
    assert.match(name, /^[a-z0-9-]+:[a-z0-9-]+(_[a-z0-9-]+)*$/);
  }
});

test("a sentence has the same placeholders in every language", () => {
  const placeholders = (language: string) => {
    const found = new Map<string, Set<string>>();
    for (const { name, text } of named(language)) {
      const names = found.get(base(name)) ?? new Set();
      for (const [, placeholder = ""] of text.matchAll(/\{\{\s*([^}]+?)\s*\}\}/g)) names.add(placeholder);
      found.set(base(name), names);
    }
    return Object.fromEntries([...found].map(([name, names]) => [name, [...names].sort().join(" ")]));
  };
  for (const language of languages) assert.deepEqual(placeholders(language), placeholders("en"), language);
});

test("a placeholder stands in its basic form: no ending is glued to it, no article before it", () => {
  for (const { language, name, text } of sentences) {
    if (language !== "en") assert.doesNotMatch(text, /\}\}(:?\p{L}|-\p{L})/u, `${language} ${name}`);
    else assert.doesNotMatch(text, /\ban? \{\{/i, name);
  }
});

test("the tone: no calques of please, no clicking, no exclamation marks", () => {
  const unwanted = {
    en: /\bplease\b|\bclick|\boops\b|\blog ?in\b|!/i,
    fi: /ole hyvä|klikka|!/i,
    sv: /vänligen|klicka|!/i,
  };
  for (const { language, name, text } of sentences)
    assert.doesNotMatch(text.replace(/^Hej [^!]+!/, ""), unwanted[language], `${language} ${name}`);
});

const source = join(import.meta.dirname, "../..");
const code = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(source, path), "utf8"))
  .join("\n");
const used = new Set(
  [...code.matchAll(/["'`]([a-z0-9-]+:[a-z0-9_-]+)["'`]/g)]
    .map((found) => found[1] ?? "")
    .filter((name) => namespaces.includes(name.split(":")[0] ?? "")),
);

test("every sentence that the code names exists", () => {
  const names = new Set(named("en").flatMap(({ name }) => [name, base(name), name.replace(/_(one|other|zero)$/, "")]));
  assert.deepEqual(
    [...used].filter((name) => !names.has(name)),
    [],
  );
});

/** `common` is a shelf to take from; every other file belongs to a feature that uses all of it. */
test("every sentence is used by the code, by its whole name (a Record of keys, where the choice is made at run time)", () => {
  const isUsed = (name: string) => used.has(name) || used.has(base(name)) || used.has(name.replace(/_[a-z]+$/, ""));
  const unused = named("en").filter(({ name }) => !name.startsWith("common:") && !isUsed(name));
  assert.deepEqual(
    unused.map(({ name }) => name),
    [],
  );
});

test("every file of words is known to the type of keys", () => {
  const keys = readFileSync(join(import.meta.dirname, "keys.ts"), "utf8");
  assert.deepEqual(
    namespaces.filter((name) => !keys.includes(`locales/en/${name}.json`)),
    [],
  );
});
