/** Special-purpose IPv4 blocks that no public site lives in (RFC 6890), as first address and prefix length. */
const PRIVATE_IPV4: readonly (readonly [number, number])[] = [
  [0x00000000, 8], // this network
  [0x0a000000, 8], // private use
  [0x64400000, 10], // shared by carriers
  [0x7f000000, 8], // loopback
  [0xa9fe0000, 16], // link-local, with the clouds' metadata services
  [0xac100000, 12], // private use
  [0xc0000000, 24], // protocol assignments
  [0xc0a80000, 16], // private use
  [0xc6120000, 15], // benchmarks
  [0xe0000000, 3], // multicast, reserved, broadcast
];

const isPrivateIpv4 = (address: number): boolean =>
  PRIVATE_IPV4.some(([block, length]) => (address ^ block) >>> (32 - length) === 0);

/** The URL parser has already turned decimal, octal, hexadecimal and short forms into four parts. */
const readIpv4 = (host: string): number | undefined => {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return undefined;
  return host.split('.').reduce((address, part) => address * 256 + Number(part), 0);
};

/** The eight groups of an address as the URL parser writes it: no IPv4 tail, at most one `::`. */
const readIpv6 = (text: string): readonly number[] => {
  const [head = '', tail] = text.split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((g) => parseInt(g, 16)));
  const left = read(head);
  if (tail === undefined) return left;
  const right = read(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
};

const isPrivateIpv6 = (groups: readonly number[]): boolean => {
  const [a = 0, b = 0, c = 0] = groups;
  const ipv4At = (index: number): number =>
    (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0);
  const isZero = (from: number, to: number) => groups.slice(from, to).every((g) => g === 0);
  // An IPv4 address in another coat: mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), 6to4 (2002::/16).
  if (isZero(0, 5) && groups[5] === 0xffff) return isPrivateIpv4(ipv4At(6));
  if (a === 0x64 && b === 0xff9b && isZero(2, 6)) return isPrivateIpv4(ipv4At(6));
  if (a === 0x2002) return isPrivateIpv4(b * 65_536 + c);
  // Teredo tunnels, and the documentation's block.
  if (a === 0x2001 && (b === 0 || b === 0xdb8)) return true;
  // Everything public is in 2000::/3: the rest is loopback, link-local, unique local, multicast.
  return a >>> 13 !== 1;
};

/** RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), and ICANN's name for private use. */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/**
 * Whether a normalised host name says by itself that it is loopback, private or link-local. What a
 * public name resolves to is not looked at.
 */
export const isPrivateHost = (hostname: string): boolean => {
  if (hostname.startsWith('[')) return isPrivateIpv6(readIpv6(hostname.slice(1, -1)));
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  const ipv4 = readIpv4(host);
  return ipv4 === undefined ? PRIVATE_NAME.test(host) : isPrivateIpv4(ipv4);
};
