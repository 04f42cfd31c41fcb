import assert from "node:assert/strict";
import { test } from "node:test";
import { isHarmlessSvg, parseLogo } from "./logo.ts";
import { deriveSmsName, isSmsName } from "./sms-name.ts";

test("MSG-2 a text message name is made of the organisation's", () => {
  assert.equal(deriveSmsName("Koivula"), "Koivula");
  assert.equal(deriveSmsName("Länsi-Uudenmaan hyvinvointialue"), "Länsi-Uudenmaan");
  assert.equal(deriveSmsName("Sámi – “Đuorga” š"), 'Sami - "Duorga" s');
  assert.equal(deriveSmsName("Ａ".repeat(40)), "A".repeat(30));
  assert.equal(deriveSmsName("日本"), "");
  for (const name of ["Koivula", "Ålands högskola", "A & B"]) assert.ok(isSmsName(name), name);
  for (const name of ["", " Koivula", "a\nb", "š", "x".repeat(31), `${"x".repeat(29)}€`])
    assert.ok(!isSmsName(name), name);
});

const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${inside}</svg>`;

test("POL-4 a logo of plain shapes is taken", () => {
  const taken = [
    svg('<path d="M0 0h9v9z" fill="#1a1a1a"/><g style="fill:none;stroke:red"><circle r="2"/></g>'),
    `<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->\n${svg("<title>A &amp; B</title>")}\n`,
    svg(
      '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs><rect fill="url(#g)"/>',
    ),
  ];
  for (const text of taken) assert.ok(isHarmlessSvg(text), text);
  assert.equal(parseLogo(Buffer.from("89504e470d0a1a0a00", "hex"))?.type, "image/png");
});

test("POL-4 a logo with script, handlers, outside references or style sheets is refused", () => {
  const refused = [
    "",
    "hello",
    "<html></html>",
    svg("<script>alert(1)</script>"),
    svg('<path onload="alert(1)"/>'),
    svg("<foreignObject/>"),
    svg('<image href="https://evil.example/x.png"/>'),
    svg('<use href="https://evil.example/x.svg#a"/>'),
    svg("<style>*{}</style>"),
    svg('<rect fill="url(https://evil.example)"/>'),
    svg('<rect style="fill:url(//evil)"/>'),
    svg('<use href="javascript:alert(1)"/>'),
    svg('<use href="&#106;avascript:alert(1)"/>'),
    svg("<a href='#x'/>"),
    `<!DOCTYPE svg [<!ENTITY x "y">]>${svg("&x;")}`,
    svg("<![CDATA[<script>]]>"),
    svg("<animate attributeName='href'/>"),
    svg("<path/onload=alert(1)>"),
    svg("<svg><scr<!-- -->ipt/>"),
    `${svg("")}<script/>`,
    svg("&nbsp;"),
  ];
  for (const text of refused) assert.ok(!isHarmlessSvg(text), text);
  assert.equal(parseLogo(Buffer.alloc(60_000, svg(" "))), null);
  assert.equal(parseLogo(Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(52_000)])), null);
});
