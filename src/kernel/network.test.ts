import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "./network.ts";

test("T96 sources inside one /64, mapped forms and nonsense share their bucket", () => {
  const same: [string, string[]][] = [
    [
      "192.0.2.7",
      ["192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207", "0:0:0:0:0:ffff:c000:207", "[::ffff:192.0.2.7]"],
    ],
    ["2001:db8:1:2::/64", ["2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "[2001:db8:1:2::5%eth0]"]],
    ["0:0:0:0::/64", ["::1"]],
    ["unknown", ["", "a", "1.2.3", "1.2.3.4, 5.6.7.8", "2001:db8::g"]],
  ];
  for (const [network, addresses] of same)
    for (const address of addresses) assert.equal(networkOf(address), network, address);
  assert.equal(networkOf(undefined), "unknown");
});
