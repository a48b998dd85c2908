import { describe, expect, test } from "vitest";
import { networkOf, subscriberOf } from "../../src/kernel/network-address.ts";

describe("an address", () => {
  test.each([
    ["203.0.113.9", "203.0.113.0/24", "203.0.113.9"],
    ["203.0.113.255", "203.0.113.0/24", "203.0.113.255"],
    ["0.0.0.0", "0.0.0.0/24", "0.0.0.0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64", "2001:db8:0:0::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.33", "64:ff9b:0:0::/64", "64:ff9b:0:0::/64"],
    // RFC 4291 §2.5.5.2: the IPv4 address in IPv6 clothes is the IPv4 address.
    ["::ffff:203.0.113.9", "203.0.113.0/24", "203.0.113.9"],
    ["::FFFF:cb00:7109", "203.0.113.0/24", "203.0.113.9"],
    ["0:0:0:0:0:ffff:cb00:7109", "203.0.113.0/24", "203.0.113.9"],
  ])("%s is of the network %s and of the subscriber %s", (address, network, subscriber) => {
    expect(networkOf(address)).toBe(network);
    expect(subscriberOf(address)).toBe(subscriber);
  });

  test.each([
    "unknown",
    "",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "fe80::1%eth0",
    "12345::",
    "::1.2.3.400",
    "1:2:3:4:5:6:7::8:9",
  ])("that is none, such as %j, stands for itself", (text) => {
    expect(networkOf(text)).toBe(text);
    expect(subscriberOf(text)).toBe(text);
  });

  test("is cut where it is longer than any", () => {
    expect(networkOf("x".repeat(5_000))).toHaveLength(64);
    expect(subscriberOf(":".repeat(5_000))).toHaveLength(64);
  });
});
