import { html, type Html } from '#http';
import { type JsonSchema, nameOf } from '../document.js';
import { prose } from './prose.js';

const CONSTRAINTS = {
  format: '',
  pattern: 'matches',
  minimum: 'from',
  maximum: 'up to',
  minLength: 'length from',
  maxLength: 'length up to',
} as const;

/** A JSON Schema for people: what it is, in a line, and below it its members where it has any. */
export function schemaView(schema: JsonSchema): Html {
  return html`${typeLine(schema)}${description(schema)}${members(schema)}`;
}

function typeLine(schema: JsonSchema): Html {
  const { $ref, const: constant, enum: values, type, anyOf, oneOf, items } = schema;
  if (typeof $ref === 'string') return html`<a href="#schema-${nameOf({ $ref })}">${nameOf({ $ref })}</a>`;
  if (constant !== undefined) return html`<code>${JSON.stringify(constant)}</code>`;
  if (Array.isArray(values))
    return joined(
      values.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      ' or ',
    );
  const alternatives = schemasIn(anyOf ?? oneOf);
  if (alternatives.every(isPlain) && alternatives.length > 0) return joined(alternatives.map(typeLine), ' or ');
  if (alternatives.length > 0) return html`<span class="type">one of</span>`;
  if (Array.isArray(items)) return html`<span class="type">list of exactly ${items.length}</span>`;
  if (isSchema(items)) return html`<span class="type">list of</span> ${typeLine(items)}`;
  if (isSchema(schema['properties'])) return html``;
  const name = Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'anything';
  return html`<span class="type">${name}</span>${constraints(schema)}`;
}

function members(schema: JsonSchema): Html {
  const { properties, required, anyOf, oneOf, items } = schema;
  if (isSchema(properties)) return propertyTable(properties, Array.isArray(required) ? required : []);
  const alternatives = schemasIn(anyOf ?? oneOf);
  const parts = Array.isArray(items) ? schemasIn(items) : alternatives.every(isPlain) ? [] : alternatives;
  if (parts.length > 0)
    return html`<ol>
      ${parts.map((part) => html`<li>${schemaView(part)}</li>`)}
    </ol>`;
  return isSchema(items) ? members(items) : html``;
}

function propertyTable(properties: JsonSchema, required: readonly unknown[]): Html {
  const rows = Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]));
  if (rows.length === 0) return html` <span class="note">without members</span>`;
  return html`<table>
    ${rows.map(
      ([name, schema]) =>
        html`<tr>
          <th scope="row">
            <code>${name}</code>${required.includes(name) ? '' : html` <span class="note">optional</span>`}
          </th>
          <td>${schemaView(schema)}</td>
        </tr>`,
    )}
  </table>`;
}

function constraints(schema: JsonSchema): Html {
  const said = Object.entries(CONSTRAINTS).filter(([keyword]) => schema[keyword] !== undefined);
  return html`${said.map(([keyword, label]) => html` <span class="note">${label} <code>${String(schema[keyword])}</code></span>`)}`;
}

const description = ({ description: text }: JsonSchema): Html =>
  typeof text === 'string' ? html` <span class="note">${prose(text)}</span>` : html``;

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemasIn = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/** Whether one line says all there is. */
const isPlain = ({ properties, items }: JsonSchema): boolean => properties === undefined && !Array.isArray(items);

const joined = (parts: readonly Html[], by: string): Html =>
  html`${parts.map((part, index) => html`${index === 0 ? '' : by}${part}`)}`;
