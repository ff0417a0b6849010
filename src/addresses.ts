import { BlockList, isIP } from 'node:net';

/** What the policy has to know of an address. */
export type AddressKind = 'loopback' | 'metadata' | 'elsewhere';

/** IPv4 addresses of metadata services outside 169.254.0.0/16: Alibaba, Oracle's older one, Azure's wire server. */
const METADATA_IPV4 = ['100.100.100.200', '192.0.0.192', '168.63.129.16'];
/** The same for IPv6: AWS, Google, Scaleway. */
const METADATA_IPV6 = ['fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42'];
/**
 * Prefixes under which IPv6 carries an IPv4 address in its last 32 bits: mapped (RFC 4291 §2.5.5.2, and as text
 * without it), compatible (§2.5.5.1), translated (RFC 2765), NAT64 (RFC 6052, RFC 8215).
 */
const CARRIERS = ['::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];

/** Names of metadata services, which need no address to be told by. */
const METADATA_NAMES = [
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.azure.com',
  'metadata.tencentyun.com',
  'metadata.oraclecloud.com',
  'metadata.platformequinix.com',
  'instance-data',
  'instance-data.ec2.internal',
];

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const metadata = makeMetadataList();

/** Tells what an IP address is; what is no address, or has a zone (RFC 4007), counts as link-local. */
export function kindOfAddress(address: string): AddressKind {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return 'metadata';
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (metadata.check(address, family)) return 'metadata';
  return loopback.check(address, family) ? 'loopback' : 'elsewhere';
}

/** Whether a name in canonical form is that of a metadata service. */
export function isMetadataName(host: string): boolean {
  return METADATA_NAMES.includes(host);
}

/** RFC 6761 §6.3: `localhost` and the names below it are loopback, whatever a resolver says. */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/**
 * The host as it is compared: lower case, no brackets, no trailing dot, addresses in their usual form
 * (`2130706433`, `0x7f.1` and `0177.0.0.1` are 127.0.0.1, as in URLs).
 */
export function canonicalHost(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const url = `http://${isIP(bare) === 6 ? `[${bare}]` : bare}/`;
  const read = URL.canParse(url) ? new URL(url).hostname : bare.toLowerCase();
  return read.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function makeMetadataList(): BlockList {
  const list = new BlockList();
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  for (const address of METADATA_IPV6) list.addAddress(address, 'ipv6');
  for (const carrier of CARRIERS) list.addSubnet(`${carrier}a9fe:0`, 112, 'ipv6');
  // 6to4 carries it behind its first 16 bits (RFC 3056).
  list.addSubnet('2002:a9fe::', 32, 'ipv6');
  for (const address of METADATA_IPV4) {
    list.addAddress(address, 'ipv4');
    const words = toWords(address);
    for (const carrier of CARRIERS) list.addAddress(`${carrier}${words}`, 'ipv6');
    list.addSubnet(`2002:${words}::`, 48, 'ipv6');
  }
  return list;
}

/** `6464:64c8` of `100.100.100.200`. */
function toWords(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return [a * 256 + b, c * 256 + d].map((word) => word.toString(16)).join(':');
}
