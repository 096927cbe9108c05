/** What begins a formula, and all that Unicode calls compatible with it (NFKC), which some spreadsheets take for the same. */
const SIGNS = '=+\\-@\\u2212⁺⁻⁼₊₋₌⩵⩶﬩﹢﹣﹦﹫＋－＝＠';
/** What may end a cell: spreadsheets of some countries split by semicolons, and do not see quotes within a line then. */
const SEPARATORS = ',;\\|\\t\\r\\n';
/** Whether a sign comes next, past what spreadsheets drop before it. */
const SIGN_AHEAD = `(?=[['"\\p{Z}\\p{C}]--[\\t\\r\\n]]*[${SIGNS}])`;
/** Some drop a tab or line break that a cell begins with, too. */
const BREAK_AHEAD = `(?='*[\\t\\r\\n])`;

const ACTIVE = new RegExp(`^${BREAK_AHEAD}|(?:^|(?<=[${SEPARATORS}]))${SIGN_AHEAD}`, 'gv');

/**
 * The text with an apostrophe before whatever a spreadsheet could take for a formula: at its beginning, and behind anything
 * that could end its cell. Source: OWASP, "CSV Injection"; CWE-1236.
 */
export const inert = (text: string): string => text.replace(ACTIVE, "'");
