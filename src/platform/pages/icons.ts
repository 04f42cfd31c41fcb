import { type Html, html, raw } from "./html.ts";

/** Drawn for Vahva on a grid of 24, in strokes of 1.6. */
const paths = {
  bank: '<path d="M3 9.5 12 4l9 5.5zM5.5 9.5v8m4.3-8v8m4.4-8v8m4.3-8v8M2.5 20h19"/>',
  app: '<rect x="6.5" y="2.5" width="11" height="19" rx="2"/><path d="M9.5 8.5v3m2.5-3v3m2.5-3v3M10.5 18h3"/>',
  card: '<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="M6 9.5h5v4.5H6zm0 2.2h5M14 15.5h4.5"/>',
  passkey: '<circle cx="7.5" cy="12" r="4"/><path d="M11.5 12H21v4m-4-4v3"/>',
  password:
    '<rect x="2.5" y="6.5" width="19" height="11" rx="2"/><path d="M7 10.5v3m-1.3-2.3 2.6 1.6m0-1.6-2.6 1.6M12 10.5v3m-1.3-2.3 2.6 1.6m0-1.6-2.6 1.6M17 10.5v3m-1.3-2.3 2.6 1.6m0-1.6-2.6 1.6"/>',
  mail: '<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="m3 7 9 6.5L21 7"/>',
  sms: '<path d="M3 4.5h18v12h-9l-5 4v-4H3z"/>',
  check: '<path d="m4 12.5 5 5L20 6.5"/>',
  pass: '<circle cx="12" cy="12" r="9.2"/><path d="m7.6 12.3 3.2 3.2 5.6-6.5"/>',
  fail: '<circle cx="12" cy="12" r="9.2"/><path d="m8.6 8.6 6.8 6.8m0-6.8-6.8 6.8"/>',
  warn: '<path d="M12 3.2 22 20.5H2zM12 9.5v5m0 1.8V18"/>',
  info: '<circle cx="12" cy="12" r="9.2"/><path d="M12 10.8V17m0-10v1.8"/>',
  clock: '<circle cx="12" cy="12" r="9.2"/><path d="M12 6.5V12l4 2.5"/>',
  wait: '<path d="M12 2.8a9.2 9.2 0 1 1-9.2 9.2"/>',
  later: '<circle cx="12" cy="12" r="9.2" stroke-dasharray="3.2 2.58"/>',
  go: '<path d="M4 12h15m-6-6 6 6-6 6"/>',
  laptop: '<rect x="4" y="4.5" width="16" height="11.5" rx="1.5"/><path d="M2 19.5h20"/>',
  phone: '<rect x="6.5" y="2.5" width="11" height="19" rx="2"/><path d="M10.5 18.5h3"/>',
  lock: '<rect x="4.5" y="10.5" width="15" height="10.5" rx="1.5"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3m-4 3.5v3.5"/>',
  search: '<circle cx="10.5" cy="10.5" r="6.7"/><path d="m15.5 15.5 5.5 5.5"/>',
  person: '<circle cx="12" cy="8" r="4.2"/><path d="M4 21c.6-4.2 3.8-6.2 8-6.2s7.4 2 8 6.2"/>',
  call: '<path d="M4.5 3.5H9l1.8 5-2.6 1.9a12 12 0 0 0 5.4 5.4l1.9-2.6 5 1.8v4.5c0 .8-.6 1.3-1.4 1.3C10.7 20.4 3.6 13.3 3.2 4.9c0-.8.5-1.4 1.3-1.4z"/>',
  upload: '<path d="M12 15.5V4M7 9l5-5 5 5M3.5 15v5.5h17V15"/>',
  print: '<path d="M6.5 8.5v-6h11v6M6.5 17.5h-4v-9h19v9h-4m-11-4h11v8h-11z"/>',
  passport:
    '<rect x="4.5" y="2.5" width="15" height="19" rx="2"/><circle cx="12" cy="10" r="3.6"/><path d="M8.5 17.5h7"/>',
} as const;

export type IconName = keyof typeof paths;

/** A picture that words beside it repeat, so screen readers pass it by. `spin` is for what is under way. */
export const icon = (name: IconName, variant?: "go" | "small" | "spin"): Html =>
  html`<svg class="${["icon", variant === "small" ? "s" : variant].filter(Boolean).join(" ")}" viewBox="0 0 24 24" aria-hidden="true">${raw(paths[name])}</svg>`;

const mark = '<path d="M3 5h7l9.5 22h-7z"/><path d="M22 5h7l-8.5 19.7-3.5-8.1z"/>';
const letters =
  '<g fill="none" stroke="currentColor" stroke-width="2.9"><path d="m1.4 8 5.6 13 5.6-13"/><circle cx="21.5" cy="15" r="5.6"/><path d="M27.1 8v14M33 1.5V22m0-7a5.3 5.3 0 0 1 10.6 0v7"/><path d="m48.4 8 5.6 13 5.6-13"/><circle cx="68.5" cy="15" r="5.6"/><path d="M74.1 8v14"/></g>';

/** The name Vahva as it is drawn, `height` pixels high. */
export const wordmark = (height: number): Html =>
  html`<svg viewBox="0 0 112 32" width="${(height * 112) / 32}" height="${height}" fill="currentColor" role="img" aria-label="Vahva">${raw(mark)}<g transform="translate(35.5 4)">${raw(letters)}</g></svg>`;
