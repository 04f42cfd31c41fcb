import { type Html, html, raw } from "../../platform/pages/index.ts";

/** Drawn for Vahva on a grid of 120 by 80: strokes of 2, one accent (`a`), one tinted ground (`f`). */
const laptop = '<rect class="f" x="16" y="6" width="88" height="56" rx="4"/><path d="M4 70h112M50 70l3 4h14l3-4"/>';
const phoneAt = (x: number) =>
  `<rect class="f" x="${x}" y="4" width="38" height="72" rx="6"/><path d="M${x + 15} 69h8"/>`;
const phone = phoneAt(41);
const smallPhone = phoneAt(78);
const tickAt = (x: number, y: number) =>
  `<circle class="a" cx="${x}" cy="${y}" r="11"/><path class="a" d="m${x - 5} ${y} 4 4 7-8"/>`;
/** A QR code as everybody draws it: three eyes, and dust. */
const qrAt = (x: number, y: number) =>
  `<path class="a" d="M${x} ${y}h9v9h-9zm19 0h9v9h-9zm-19 19h9v9h-9z"/><path class="a" d="M${x + 14} ${y}v5m0 6v4m5 0h4m4 0v5m-13 0h5m0 4v4m4-4h4v4m-13 0v-3m-10-12h5"/>`;
/** A code as devices show it. */
const digitsAt = (middle: number, y: number) => `<text x="${middle}" y="${y}" text-anchor="middle">271 828</text>`;
const fieldAt = (y: number) => `<rect x="30" y="${y}" width="60" height="11" rx="2"/>`;
const dialog = '<rect x="30" y="15" width="60" height="38" rx="3"/>';
const cardAt = (x: number, y: number) =>
  `<rect class="f" x="${x}" y="${y}" width="48" height="31" rx="3"/><path class="a" d="M${x + 8} ${y + 9}h11v9H${x + 8}zm0 4.500h11"/><path d="M${x + 27} ${y + 22}h13"/>`;
const reader = '<path d="M70 34h34l8 10v14H62V44zM62 50h50M112 52h6"/>';
const token = '<rect class="f" x="18" y="22" width="84" height="36" rx="16"/><circle cx="31" cy="40" r="5"/>';
const finger =
  '<path class="a" d="M51 50c-2-5-2-13 2-17 5-5 12-3 14 2 2 6 1 12-1 17M56 52c-1-5-2-10 0-14 2-3 6-2 6 2 0 5 0 9-2 13M60 43v5"/>';

const drawings = {
  choose: `${laptop}<path d="M30 15h26"/><rect class="a" x="30" y="22" width="60" height="11" rx="2"/>${fieldAt(37)}<path d="M36 42.500h22M36 27.500h30M30 54h40"/>`,
  banks: `${laptop}<path class="a" d="M30 15h14v14H30zm0 20h14v14H30z"/><path d="M50 19h14M50 24h9M50 39h14M50 44h9M72 19h18M72 39h14"/>`,
  bank: `<path class="f" d="M6 32 34 12l28 20z"/><path d="M12 32v26m14-26v26m16-26v26m14-26v26M4 66h60"/>${smallPhone}${tickAt(97, 36)}`,
  done: `${laptop}${tickAt(60, 32)}`,
  install: `${phone}<path class="a" d="M60 18v24m-8-8 8 8 8-8M50 50h20"/>`,
  qr: `${laptop}${qrAt(46, 20)}`,
  scan: `<rect class="f" x="4" y="8" width="62" height="46" rx="4"/><path d="M2 62h66"/>${qrAt(21, 17)}${smallPhone}<path class="a" d="M86 24v-6h6m10 0h6v6m0 12v6h-6m-10 0h-6v-6"/>`,
  digits: `${phone}${digitsAt(60, 36)}<circle cx="60" cy="54" r="6"/><path d="M60 50v4l3 2"/>`,
  enter: `<rect class="f" x="4" y="8" width="66" height="50" rx="4"/><path d="M2 66h70M14 19h30M14 30h46v11H14z"/>${digitsAt(37, 38.5)}${phoneAt(80)}${digitsAt(99, 36)}`,
  serial: `${token}<path class="a" d="M46 32v16m4-16v16m5-16v16m3-16v16m6-16v16m4-16v16m3-16v16m5-16v16m4-16v16"/>`,
  token: `${token}<rect x="42" y="31" width="50" height="18" rx="3"/>${digitsAt(67, 43)}`,
  dialog: `${laptop}${dialog}<circle class="a" cx="48" cy="34" r="6"/><path class="a" d="M54 34h20v6m-7-6v5"/>`,
  finger: `${phone}${finger}`,
  insert: `${cardAt(4, 30)}${reader}<path class="a" d="M54 22h10m-4-4 4 4-4 4"/>`,
  pin: `${laptop}${dialog}<path d="M38 25h24"/><rect class="a" x="38" y="33" width="44" height="12" rx="2"/><path class="a" d="M45 39h3m6 0h3m6 0h3m6 0h3"/>`,
  remove: `${cardAt(2, 6)}${reader}<path class="a" d="M44 54h-14m5-5-5 5 5 5"/>`,
} as const;

export type PictureName = keyof typeof drawings;

/** A picture of what the words beside it say: screen readers pass it by. */
export const picture = (name: PictureName): Html =>
  html`<svg class="picture" viewBox="0 0 120 80" aria-hidden="true">${raw(drawings[name])}</svg>`;
