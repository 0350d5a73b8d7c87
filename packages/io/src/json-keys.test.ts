import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duplicateKey } from "./json-keys.js";

describe("duplicateKey", () => {
  test.each([
    ['{"a":1,"a":2}', "a"],
    ['{"a" : {"b":1, "c":2,\n"b" :3}}', "b"],
    ['{"a":[{"x":1},{"y":{},"y":{}}]}', "y"],
    ['{"a\\"b":1,"a\\u0022b":2}', 'a"b'],
    ['{"":0,"":0}', ""],
  ])("finds the key that %s holds twice", (text, key) => {
    expect(duplicateKey(text)).toBe(key);
  });

  test.each([
    '{"a":{"a":1},"b":{"a":1}}',
    '["a","a"]',
    '{"a":"b","b":"a"}',
    '{"a":"\\",","b":"{\\"a\\":1,\\"a\\":2}"}',
    '"a"',
  ])("%s holds no key twice", (text) => {
    expect(duplicateKey(text)).toBeNull();
  });

  test("what JSON.stringify writes holds no key twice", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => duplicateKey(JSON.stringify(value)) === null));
  });
});
