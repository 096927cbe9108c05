import countries from 'i18n-iso-countries';

const key = (name: string): string => name.trim().normalize('NFC').toLowerCase();

/** Names in every language the library knows, those that mean two countries left out; English has the last word. */
const names = new Map<string, string | null>();
for (const language of countries.getSupportedLanguages())
  for (const [code, name] of namesIn(language)) names.set(name, (names.get(name) ?? code) === code ? code : null);
for (const [code, name] of namesIn('en')) names.set(name, code);

function namesIn(language: string): [code: string, name: string][] {
  const all = Object.entries(countries.getNames(language, { select: 'all' }));
  return all.flatMap(([code, list]) => list.map((name): [string, string] => [code, key(name)]));
}

/** The ISO 3166-1 alpha-2 code where a location is itself a country's name, in whatever language, or a country's code. */
export function countryOfLocation(location: string): string | null {
  const code = location.trim().toUpperCase();
  if (/^[A-Z]{2,3}$/.test(code) && countries.isValid(code)) return countries.toAlpha2(code) ?? null;
  return names.get(key(location)) ?? null;
}
