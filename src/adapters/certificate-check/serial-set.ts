/** Serial numbers of certificates, for membership only. */
export type SerialSet = Readonly<{
  /** Adds the number that lies in `bytes` from `start` to `end`. */
  add(bytes: Buffer, start: number, end: number): void;
  has(serial: Buffer): boolean;
  size(): number;
  /** How much memory it takes. */
  bytes(): number;
}>;

const longest = 255;

/**
 * A hash table over numbers that lie packed one after another: exact, and without an object for each. A hundred thousand
 * of 16 bytes take about 4 MB; as strings in a `Set` they would take some 15, and work for the garbage collector.
 */
export function makeSerialSet(): SerialSet {
  let packed = Buffer.alloc(4096);
  let used = 1; // 0 in the table says that a place is free
  let table = new Uint32Array(1024);
  let size = 0;

  const place = (bytes: Buffer, start: number, end: number): number => {
    let at = hash(bytes, start, end) & (table.length - 1);
    for (let found = table[at]; found; found = table[at]) {
      const from = found + 1;
      const length = packed[found] ?? 0;
      if (length === end - start && packed.compare(bytes, start, end, from, from + length) === 0) return at;
      at = (at + 1) & (table.length - 1);
    }
    return at;
  };
  const grow = () => {
    const old = table;
    table = new Uint32Array(old.length * 2);
    for (const found of old) if (found) table[place(packed, found + 1, found + 1 + (packed[found] ?? 0))] = found;
  };

  return {
    add(bytes, first, end) {
      const start = skipZeros(bytes, first, end);
      const length = end - start;
      if (length > longest) return; // nothing that a certificate could have
      if (size * 2 >= table.length) grow();
      const at = place(bytes, start, end);
      if (table[at]) return;
      if (used + 1 + length > packed.length) packed = Buffer.concat([packed], packed.length * 2);
      packed[used] = length;
      bytes.copy(packed, used + 1, start, end);
      table[at] = used;
      used += 1 + length;
      size++;
    },
    has: (serial) => Boolean(table[place(serial, skipZeros(serial, 0, serial.length), serial.length)]),
    size: () => size,
    bytes: () => packed.length + table.byteLength,
  };
}

function skipZeros(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end - 1 && bytes[at] === 0) at++;
  return at;
}

/** FNV-1a. Who could make its values meet is the CA itself. */
function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at++) value = Math.imul(value ^ (bytes[at] ?? 0), 0x01000193);
  return value >>> 0;
}
