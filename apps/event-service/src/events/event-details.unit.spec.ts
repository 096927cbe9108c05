import { describe, expect, it } from '@jest/globals';
import { countryOfLocation } from './country-of-location.js';
import { type DescribedEvent, newDetails, patchedDetails, replacedDetails } from './event-details.js';

const described: DescribedEvent = {
  title: 'Jazz night',
  description: '',
  location: 'Berlin',
  country: null,
  timezone: 'UTC',
  start_time: new Date('2026-11-20T18:00:00.000Z'),
  end_time: new Date('2026-11-20T20:00:00.000Z'),
  tags: [],
  max_attendees: null,
  attachment_url: null,
  coordinates: null,
};
const present = newDetails({ ...described, location: 'France' });

describe('the country of a location', () => {
  it.each([
    ['Germany', 'DE'],
    ['germany ', 'DE'],
    ['Deutschland', 'DE'],
    ['Côte d’Ivoire', 'CI'],
    ["Cote d'Ivoire", 'CI'],
    ['United States', 'US'],
    ['UK', 'GB'],
    ['GB', 'GB'],
    ['gbr', 'GB'],
    ['Brasil', 'BR'],
    ['日本', 'JP'],
    ['Россия', 'RU'],
    ['Congo', null],
    ['Kongo', null],
    ['São Martinho', null],
    ['Berlin', null],
    ['Germany, Berlin', null],
    ['ZZ', null],
    ['', null],
  ])('%s: %s', (location, country) => {
    expect(countryOfLocation(location)).toBe(country);
  });
});

describe('details', () => {
  it('of a new event begin scheduled, with the country of their location', () => {
    expect(present).toMatchObject({ status: 'scheduled', country: 'FR' });
    expect(newDetails({ ...described, location: 'France', country: 'BE' }).country).toBe('BE');
  });

  it('that are replaced keep a status that is not named', () => {
    const canceled = { ...present, status: 'canceled' as const };
    expect(replacedDetails(canceled, described).status).toBe('canceled');
    expect(replacedDetails(canceled, { ...described, status: 'completed' }).status).toBe('completed');
  });

  it('that are patched keep what is not named, and fall back where a member is removed', () => {
    const patched = patchedDetails({ ...present, tags: ['a'], max_attendees: 5 }, { title: 'New', tags: null });
    expect(patched).toEqual({ ...present, title: 'New', tags: [], max_attendees: 5 });
    expect(patchedDetails(present, { title: undefined })).toEqual(present);
  });

  it.each([
    ['follows the location', { location: 'Spain' }, 'ES'],
    ['leaves with the location it came from', { location: 'Berlin' }, null],
    ['stays when the location does', { location: 'France' }, 'FR'],
    ['is what is given', { location: 'Spain', country: 'JP' }, 'JP'],
    ['comes back when it is removed', { country: null }, 'FR'],
  ])('a country that came from the location %s', (_, patch, country) => {
    expect(patchedDetails(present, patch).country).toBe(country);
  });

  it('a country that was given outlives the location', () => {
    const given = { ...present, country: 'JP' };
    expect(patchedDetails(given, { location: 'Berlin' }).country).toBe('JP');
    expect(patchedDetails(given, { location: 'Spain' }).country).toBe('JP');
  });
});
