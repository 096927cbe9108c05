/** Injection token of `HttpSettings`. */
export const HTTP_SETTINGS = Symbol('HTTP_SETTINGS');
