/** The seconds that a `Retry-After` asks for, as such or as an HTTP date (RFC 9110, section 10.2.3); else undefined. */
export function retryAfterOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000));
}

/** A failure in a sentence. Redirects are not followed: whoever moved has to say so to whoever gave the address. */
export const describeStatus = (status: number): string =>
  status >= 300 && status < 400
    ? `The receiver answered ${status}; redirects are not followed.`
    : `The receiver answered ${status}.`;
