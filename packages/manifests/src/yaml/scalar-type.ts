/** What a plain scalar means to a reader. */
export type ScalarType = 'string' | 'number' | 'boolean' | 'null' | 'other';

/**
 * What some YAML reader in use takes a plain scalar for: `string` only where YAML 1.1 (Helm,
 * Kustomize and Kubernetes read it through Go libraries that keep parts of it) and the core schema
 * of YAML 1.2 agree on it. `65e0884` is a number there, `12:30:45` one in base sixty, `2024-01-02` a date.
 */
export function scalarTypeOf(text: string): ScalarType {
  if (text === '' || text === '~' || /^(?:null|Null|NULL)$/.test(text)) return 'null';
  if (
    /^(?:y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/.test(
      text,
    )
  )
    return 'boolean';
  if (/^(?:=|<<)$/.test(text)) return 'other';
  if (!/^[-+.\d]/.test(text)) return 'string';
  return isNumber(text) ? 'number' : isDate(text) ? 'other' : 'string';
}

const integers = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|\d[\d_]*)$/i;
const floats = /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.[\d_]+)(?:e[-+]?[\d_]+)?$/i;
const hexFloats = /^[-+]?0x[0-9a-f_]*(?:\.[0-9a-f_]*)?(?:p[-+]?\d+)?$/i;
const sexagesimals = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const specials = /^[-+]?\.?(?:inf|nan|infinity)$/i;

function isNumber(text: string): boolean {
  return (
    integers.test(text) ||
    floats.test(text) ||
    hexFloats.test(text) ||
    sexagesimals.test(text) ||
    specials.test(text)
  );
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d*)?)?[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?)?)?$/.test(
    text,
  );
}

/**
 * Tells whether a number is written so that every reader prints it back the same: no exponent, no
 * needless zero, and below a million, from where Go prints numbers of JSON with an exponent.
 */
export function isCanonicalNumber(text: string): boolean {
  return (
    /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) &&
    String(Number(text)) === text &&
    Math.abs(Number(text)) < 1e6
  );
}
