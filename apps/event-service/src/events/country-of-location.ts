import countries from 'i18n-iso-countries';

const key = (name: string): string => name.trim().normalize('NFC').toLowerCase();

/** Codes by name, null for a name that means two countries. */
function codesByName(languages: readonly string[]): Map<string, string | null> {
  const codes = new Map<string, string | null>();
  for (const language of languages)
    for (const [code, names] of Object.entries(countries.getNames(language, { select: 'all' })))
      for (const name of names.map(key)) codes.set(name, codes.has(name) && codes.get(name) !== code ? null : code);
  return codes;
}

/** In every language that the library knows; English has the last word. */
const codes = new Map([...codesByName(countries.getSupportedLanguages()), ...codesByName(['en'])]);

/** The ISO 3166-1 alpha-2 code where a location is itself a country's name, in whatever language, or a country's code. */
export function countryOfLocation(location: string): string | null {
  const code = location.trim().toUpperCase();
  if (/^[A-Z]{2,3}$/.test(code) && countries.isValid(code)) return countries.toAlpha2(code) ?? null;
  return codes.get(key(location)) ?? null;
}
