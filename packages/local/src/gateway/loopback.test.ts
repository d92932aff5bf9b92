import { describe, expect, it } from "vitest";
import { isLoopbackAuthority, loopbackBindAddress, NotLoopbackError } from "./loopback.ts";

describe("the embedded AWS listens on this machine only", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["127.8.9.10", "127.8.9.10"],
    ["localhost", "127.0.0.1"],
    ["::1", "::1"],
  ])("binds %s", (host, address) => expect(loopbackBindAddress(host)).toBe(address));

  it.each(["0.0.0.0", "::", "", "192.168.1.5", "127.0.0.1.example.com", "128.0.0.1", "127.0.0.256", "example.com"])(
    "refuses to bind %j",
    (host) => expect(() => loopbackBindAddress(host)).toThrow(NotLoopbackError),
  );
});

describe("a Host header must name this machine", () => {
  it.each(["127.0.0.1:4566", "localhost", "localhost:80", "[::1]:4566", "bucket.localhost:4566"])(
    "takes %s",
    (authority) => expect(isLoopbackAuthority(authority)).toBe(true),
  );
  it.each([
    undefined,
    "",
    "evil.example:4566",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "[::2]",
    "127.0.0.1:x",
  ])("refuses %s", (authority) => expect(isLoopbackAuthority(authority)).toBe(false));
});
