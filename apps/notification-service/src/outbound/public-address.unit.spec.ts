import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, mayBePublic } from './public-address.js';
import { NON_PUBLIC } from './testing/non-public.js';

describe('public addresses', () => {
  it.each(NON_PUBLIC)('do not include $range ($address)', ({ address }) => {
    expect(isPublicAddress(address)).toBe(false);
    const host = address.includes(':') ? `[${address}]` : address;
    expect(mayBePublic(new URL(`http://${host}/`).hostname)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '223.255.255.255'])(
    'include %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
      expect(mayBePublic(address)).toBe(true);
    },
  );

  it.each(['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2620:fe::fe'])('include %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(mayBePublic(`[${address}]`)).toBe(true);
  });

  it.each([
    ['decimal', 'http://2130706433/'],
    ['octal', 'http://0177.0.0.1/'],
    ['octal with leading zeros', 'http://00000177.0.0.01/'],
    ['hexadecimal', 'http://0x7f000001/'],
    ['hexadecimal by octets', 'http://0x7f.0x0.0x0.0x1/'],
    ['mixed', 'http://0x7f.1/'],
    ['two parts', 'http://127.1/'],
    ['one part', 'http://0/'],
    ['percent-encoded', 'http://%31%32%37.0.0.1/'],
    ['full-width digits', 'http://１２７.０.０.１/'],
    ['circled digits', 'http://①②⑦.⓪.⓪.①/'],
    ['a trailing dot', 'http://127.0.0.1./'],
    ['a user before it', 'http://example.com@127.0.0.1/'],
    ['IPv4-mapped', 'http://[::ffff:127.0.0.1]/'],
    ['IPv4-mapped in hexadecimal', 'http://[::ffff:7f00:1]/'],
    ['IPv4-mapped in full', 'http://[0:0:0:0:0:ffff:7f00:0001]/'],
    ['localhost', 'http://localhost/'],
    ['localhost in capitals, with a dot', 'http://LOCALHOST./'],
    ['below localhost', 'http://a.localhost/'],
  ])('are not what stands for loopback as %s', (_, url) => {
    expect(mayBePublic(new URL(url).hostname)).toBe(false);
  });

  it('are not what is no address', () => {
    for (const text of ['', 'example.com', '1.2.3.4.5', '1.2.3.256', '::g', 'fe80::1%'])
      expect(isPublicAddress(text)).toBe(false);
  });

  it('may be behind a name', () => {
    expect(mayBePublic('example.com')).toBe(true);
    expect(mayBePublic('localhost.example.com')).toBe(true);
  });
});
