import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCommonPasswords, makeLookUp, packList } from "./common-passwords.ts";
import { commonWords } from "./common-words.ts";
import { foldWord } from "./domain/fold.ts";
import { checkPassword, isCommonAtHeart } from "./domain/password-rules.ts";

const isCommon = loadCommonPasswords();
const check = (password: string) => checkPassword(password, { minimumLength: 12, contextWords: [], isCommon });

test("USR-8 the breached list knows what leaks are full of, by rules and list together", () => {
  const leaked = [
    "password",
    "qwerty",
    "iloveyou",
    "dragon",
    "monkey123",
    "trustno1",
    "1q2w3e4r5t6y",
    "letmein",
    "superman",
    "P@ssw0rd",
    "administrator",
    "qwertyuiop12",
    "passwordpassword",
    "unbelievable",
    "hyvinvointi",
  ];
  for (const password of leaked) assert.ok(isCommonAtHeart(password, isCommon), password);
});

test("USR-8 the common words are written as they are compared", () => {
  for (const word of commonWords) assert.equal(foldWord(word), word);
});

test("USR-8 a Finnish or Swedish word with a year and signs is refused, however it is dressed", () => {
  const weak = [
    "Salasana2026!",
    "Kesäkuu2026!!",
    "Kesakuu2026!!",
    "kesä20262026",
    "talvi2026!!!",
    "password1234",
    "S4l4s4n4!234",
    "Lösenord2026",
    "Sommaren2026!",
    "Januari20261",
    "Helsinki123!",
    "!!!Terveyskeskus1",
    "hyvaapaivaa12",
    "virtanen1985!",
  ];
  for (const password of weak) assert.deepEqual(check(password), ["common"], password);
});

test("USR-8 passphrases and what password managers make are taken", () => {
  const good = [
    "vihreä sohva laulaa iltaisin",
    "correct horse battery staple",
    "ruskea kettu hyppii",
    "xK7fjq2mVbTz",
    "9f8e7d6c5b4a",
    "Tr-9x_LmQ!42zz",
    "på-fredag-blir-det-fisk",
    "ヴァハヴァ認証サービスの合言葉",
  ];
  for (const password of good) assert.equal(check(password), "accepted", password);
});

test("USR-8 one made-up password in a million at most is taken for a listed one", () => {
  let found = 0;
  for (let index = 0; index < 200_000; index += 1) if (isCommon(`no list holds this, number ${index}`)) found += 1;
  assert.ok(found <= 2, `${found} of 200,000`);
});

test("USR-8 a packed list holds what was put into it and is refused when it is cut", () => {
  const texts = Array.from({ length: 5000 }, (_, index) => `entry ${index}`);
  const packed = packList(texts);
  const has = makeLookUp(packed);
  assert.ok(texts.every(has));
  assert.ok(!has("entry 5000"));
  assert.throws(() => makeLookUp(packed.subarray(0, -3)), /damaged/u);
});
