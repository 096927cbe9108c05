import { validateHeaderValue } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'content-disposition';
import fc from 'fast-check';
import { contentHeaders } from '../download/content-headers.js';
import { safeFileName } from './file-name.js';
import { MEDIA_TYPES } from './media-types.js';

describe('the name of a download', () => {
  it.each<[string, string | undefined, string]>([
    ['is the uploader’s', 'Flyer (final) v2.png', 'Flyer (final) v2.png'],
    ['in whatever script', 'Плакат 音楽会 🎷.png', 'Плакат 音楽会 🎷.png'],
    ['in composed characters', 'Cafe\u0301.png', 'Café.png'],
    ['keeps its case', 'PHOTO.PNG', 'PHOTO.PNG'],
    ['without folders', '../../etc/passwd.png', 'passwd.png'],
    ['without those of Windows', 'C:\\Users\\ada\\a.png', 'a.png'],
    ['without line breaks', 'a\r\nSet-Cookie: x=y\r\n.png', 'a Set-Cookie x=y .png'],
    ['without quotes', 'a"; filename="b.exe', 'a ; filename= b.exe.png'],
    ['without what turns it around', 'a\u202Egnp.exe', 'a gnp.exe.png'],
    ['not hidden', '.htaccess', 'htaccess.png'],
    ['with the extension of its type', 'page.html', 'page.html.png'],
    ['also where it has none', 'flyer', 'flyer.png'],
    ['never empty', '', 'attachment.png'],
    ['nor made of dots', '...', 'attachment.png'],
    ['nor missing', undefined, 'attachment.png'],
  ])('%s', (_, given, name) => {
    expect(safeFileName(given, 'image/png')).toBe(name);
  });

  it('takes any extension that the type has', () => {
    expect(safeFileName('a.jpeg', 'image/jpeg')).toBe('a.jpeg');
    expect(safeFileName('a.png', 'image/jpeg')).toBe('a.png.jpg');
  });

  it('fits into a file system, its extension included', () => {
    expect(safeFileName(`${'x'.repeat(300)}.png`, 'image/png')).toBe(`${'x'.repeat(196)}.png`);
  });

  it('whatever is given, survives its header and does no harm', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', minLength: 200, maxLength: 400 }),
    );
    fc.assert(
      fc.property(names, fc.constantFrom(...Object.keys(MEDIA_TYPES)), (given, type) => {
        const name = safeFileName(given, type);
        const header = contentHeaders({ name, type })['content-disposition'];
        validateHeaderValue('content-disposition', header);
        expect(parse(header)).toMatchObject({ type: 'attachment', parameters: { filename: name } });
        expect(name).not.toMatch(/[\p{C}/\\"]|^\.|^\s|\s$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(220);
        expect(MEDIA_TYPES[type]).toContain(name.split('.').at(-1)?.toLowerCase());
      }),
    );
  });
});
