import Handlebars from 'handlebars';
import { HELPERS } from './helpers.js';

/** The built-in helpers that templates may use. */
export const BLOCKS: readonly string[] = ['if', 'unless'];

/** An environment of our own, with our helpers and no others. */
const environment = Handlebars.create();
for (const name of Object.keys(environment.helpers)) if (!BLOCKS.includes(name)) environment.unregisterHelper(name);
for (const [name, helper] of Object.entries(HELPERS)) environment.registerHelper(name, helper);

const knownHelpers = Object.fromEntries([...BLOCKS, ...Object.keys(HELPERS)].map((name) => [name, true]));

/**
 * `source` as a function of its data. What stands in it is looked up in the data's own members alone, and has to be
 * there: the function throws where it is missing. `into` says whether what is inserted is escaped.
 */
export const compile = (source: string, into: 'html' | 'text'): Handlebars.TemplateDelegate =>
  environment.compile(source, {
    strict: true,
    knownHelpers,
    knownHelpersOnly: true,
    noEscape: into === 'text',
  });
