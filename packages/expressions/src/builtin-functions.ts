/** The functions an expression can call, for completion and documentation in the editor. */
export interface BuiltinFunction {
  /** With the `$`. */
  name: string;
  /** As a person would write a call. */
  signature: string;
  /** One short sentence. */
  doc: string;
  group: 'Text' | 'Number' | 'List' | 'Object' | 'Logic' | 'Time' | 'Function';
}

const define = (group: BuiltinFunction['group'], entries: readonly (readonly [signature: string, doc: string])[]): BuiltinFunction[] =>
  entries.map(([signature, doc]) => ({ name: signature.slice(0, signature.indexOf('(')), signature, doc, group }));

export const builtinFunctions: readonly BuiltinFunction[] = [
  ...define('Text', [
    ['$string(value, prettify?)', 'The value as text; lists and objects as JSON.'],
    ['$length(text)', 'The number of characters.'],
    ['$substring(text, start, length?)', 'A part of the text; a negative start counts from the end.'],
    ['$substringBefore(text, separator)', 'What is before the first separator, or the whole text.'],
    ['$substringAfter(text, separator)', 'What is after the first separator, or the whole text.'],
    ['$uppercase(text)', 'The text in capital letters.'],
    ['$lowercase(text)', 'The text in small letters.'],
    ['$trim(text)', 'The text without white space around it, and single spaces inside.'],
    ['$pad(text, width, filler?)', 'The text filled up to a width: on the right, or on the left if the width is negative.'],
    ['$contains(text, part)', 'Whether the text holds the part, a text or a /pattern/.'],
    ['$split(text, separator, limit?)', 'The parts of the text between separators, a text or a /pattern/.'],
    ['$join(texts, separator?)', 'One text from a list of texts.'],
    ['$match(text, /pattern/, limit?)', 'The places where a pattern matches: match, index, groups.'],
    ['$replace(text, pattern, replacement, limit?)', 'The text with what matches replaced.'],
    ['$base64encode(text)', 'The text encoded in base 64.'],
    ['$base64decode(text)', 'The text decoded from base 64.'],
    ['$encodeUrlComponent(text)', 'The text made safe as a part of a URL.'],
    ['$encodeUrl(text)', 'The URL with unsafe characters encoded.'],
    ['$decodeUrlComponent(text)', 'The text behind an encoded part of a URL.'],
    ['$decodeUrl(text)', 'The URL with encoded characters restored.'],
    ['$uuid()', 'A new version 4 UUID, the same when the step is replayed.'],
  ]),
  ...define('Number', [
    ['$number(value)', 'The number that a text or a boolean stands for.'],
    ['$abs(number)', 'The number without its sign.'],
    ['$floor(number)', 'The next whole number below.'],
    ['$ceil(number)', 'The next whole number above.'],
    ['$round(number, places?)', 'Rounded to decimal places; halves to the even neighbour.'],
    ['$power(base, exponent)', 'The base raised to the exponent.'],
    ['$sqrt(number)', 'The square root.'],
    ['$random()', 'A number from 0 to below 1, the same when the step is replayed.'],
    ['$formatNumber(number, picture, options?)', 'The number as text, by a picture such as "#,##0.00".'],
    ['$formatBase(number, radix?)', 'The whole number as text in another base.'],
    ['$formatInteger(number, picture)', 'The whole number as text: "w" for words, "I" for Roman numerals, "0001" for digits.'],
    ['$parseInteger(text, picture)', 'The whole number that a text stands for, by a picture.'],
    ['$sum(numbers)', 'The total.'],
    ['$max(numbers)', 'The largest.'],
    ['$min(numbers)', 'The smallest.'],
    ['$average(numbers)', 'The mean.'],
  ]),
  ...define('List', [
    ['$count(list)', 'The number of items; 0 for nothing, 1 for a single value.'],
    ['$append(list, list)', 'Both lists in one.'],
    ['$sort(list, function?)', 'The list in order; the function($a, $b) tells whether they should swap.'],
    ['$reverse(list)', 'The list backwards.'],
    ['$shuffle(list)', 'The list in random order, the same when the step is replayed.'],
    ['$distinct(list)', 'The list without repeated items.'],
    ['$zip(list, list)', 'Lists of the first items, the second items, and so on.'],
    ['$map(list, function)', 'What the function($item, $index, $list) gives for every item.'],
    ['$filter(list, function)', 'The items for which the function($item, $index, $list) is true.'],
    ['$single(list, function?)', 'The one item for which the function is true; an error if there is not exactly one.'],
    ['$reduce(list, function, start?)', 'One value from all items, by function($so_far, $item).'],
  ]),
  ...define('Object', [
    ['$keys(object)', 'The names in the object.'],
    ['$lookup(object, key)', 'The value under a computed name.'],
    ['$spread(object)', 'A list of objects with one name each.'],
    ['$merge(objects)', 'One object from a list of objects; later ones win.'],
    ['$sift(object, function)', 'The object with those values for which the function($value, $key) is true.'],
    ['$each(object, function)', 'What the function($value, $key) gives for every name.'],
    ['$clone(value)', 'A copy.'],
  ]),
  ...define('Logic', [
    ['$boolean(value)', 'Whether the value counts as true.'],
    ['$not(value)', 'The opposite.'],
    ['$exists(value)', 'Whether there is a value, even null.'],
    ['$type(value)', 'null, number, string, boolean, array, object or function.'],
    ['$assert(condition, message?)', 'Fails with the message unless the condition is true.'],
    ['$error(message?)', 'Fails with the message.'],
  ]),
  ...define('Time', [
    ['$now(picture?, timezone?)', 'The moment of this step as ISO 8601 text, the same when the step is replayed.'],
    ['$millis()', 'The moment of this step in milliseconds since 1970, the same when the step is replayed.'],
    ['$toMillis(text, picture?)', 'The milliseconds since 1970 of a moment given as text.'],
    ['$fromMillis(number, picture?, timezone?)', 'A moment in milliseconds since 1970 as text.'],
  ]),
];
