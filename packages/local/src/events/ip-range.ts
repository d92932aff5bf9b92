import { BlockList, isIP } from "node:net";

/**
 * Compiles a range of IP addresses such as `10.0.0.0/24`. The whole range belongs to it, its first address included.
 *
 * @param refuse - throws; the reason is in AWS's words.
 */
export function compileIpRange(range: string, refuse: (reason: string) => never): (text: string) => boolean {
  const [address = "", mask, ...more] = range.split("/");
  if (mask === undefined || more.length > 0) refuse("Malformed CIDR, one '/' required");
  const bits = /^[+-]?\d+$/.test(mask) ? Number(mask) : refuse("Malformed CIDR, mask bits must be an integer");
  if (bits < 0) refuse("Malformed CIDR, mask bits must not be negative");
  const version = isIP(address);
  if (version === 0) refuse(`Nonstandard IP address: ${address}`);
  const longest = version === 4 ? 32 : 128;
  if (bits >= longest) refuse(`IPv${version} mask bits must be < ${longest}`);
  const family = version === 4 ? "ipv4" : "ipv6";
  const addresses = new BlockList();
  addresses.addSubnet(address, bits, family);
  return (text) => isIP(text) === version && addresses.check(text, family);
}
