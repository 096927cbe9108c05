import ipaddr from 'ipaddr.js';

/** Where IPv6 addresses of the internet are (RFC 4291, section 2.4); outside are, among others, forms of IPv4 addresses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address, in any notation, is one of the internet: not private, loopback, link-local, shared, multicast,
 * reserved for a purpose, or a form in which IPv6 carries any address of IPv4. False for what is no address at all.
 * Source: IANA's special-purpose address registries, as `ipaddr.js` has them.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST)) return false;
  return address.range() === 'unicast';
}

/**
 * Whether a URL's host may be public, as far as its letters tell: a name may still resolve to an address that is not.
 * `hostname` is that of a `URL`, which has every notation of an IPv4 address in dotted decimal already.
 */
export function mayBePublic(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return isPublicAddress(host);
  return !/(?:^|\.)localhost$/i.test(host);
}
