/** An answer of EventBridge: whether the event matches, or why the pattern is refused. */
export type PatternAnswer = boolean | string;

/** AWS's answer to a pattern and an event like these. */
export interface RecordedPattern {
  /** The recording: a case of `test_event_pattern` in LocalStack's `tests/aws/services/events/test_events_patterns.py`. */
  readonly recording: string;
  readonly pattern: unknown;
  readonly event: unknown;
  readonly answer: PatternAnswer;
}

const row = (recording: string, pattern: unknown, event: unknown, answer: PatternAnswer): RecordedPattern => ({
  recording,
  pattern,
  event,
  answer,
});

/** Rows about one field, `f`. */
const field = (recording: string, comparison: unknown, value: unknown, answer: PatternAnswer): RecordedPattern =>
  row(recording, { f: [comparison] }, value === undefined ? { g: 1 } : { f: value }, answer);

const NO_TEXT_IN_LIST = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
const ANYTHING_BUT = "Value of anything-but must be an array or single string/number value.";
const PART = "prefix/suffix match pattern must be a string";

/** The texts and values are ours; what AWS answered to their like was recorded in 2024 and 2025. */
export const recordedPatterns: readonly RecordedPattern[] = [
  row("arrays", { f: ["a", "b", "c"] }, { f: ["x", "b"] }, true),
  row("arrays_NEG", { f: ["a"] }, { f: ["x", "y"] }, false),
  row("arrays_empty_EXC", { f: [] }, { f: [] }, "Empty arrays are not allowed"),
  field("arrays_empty_null_NEG", null, [], false),
  field("boolean", true, true, true),
  field("boolean_NEG", false, true, false),
  field("null_value", null, null, true),
  field("null_value_NEG", null, "null", false),
  field("string_empty", "", "", true),
  row("int_nolist_EXC", { f: 7 }, { f: 7 }, '"f" must be an object or an array'),
  row("string_nolist_EXC", { f: "a" }, { f: "a" }, '"f" must be an object or an array'),
  row("key_case_sensitive_NEG", { F: ["a"] }, { f: "a" }, false),
  row("list_within_dict", { a: { b: ["x"] } }, { a: { b: "x" } }, true),
  row(
    "complex_multi_match",
    { t: [{ prefix: "2026-" }], d: { s: [{ "anything-but": "new" }], n: [{ numeric: [">", 0, "<=", 5] }] } },
    { t: "2026-01-01", d: { s: "old", n: 3 } },
    true,
  ),
  row("complex_or", { d: { $or: [{ n: [{ numeric: ["<", 5] }] }, { m: ["x"] }] } }, { d: { n: 9, m: "x" } }, true),
  row("complex_or_NEG", { d: { $or: [{ n: [{ numeric: ["<", 5] }] }, { m: ["x"] }] } }, { d: { n: 9, m: "y" } }, false),
  row("dot_joining_pattern", { d: { "state.status": ["on"] } }, { d: { state: { status: "on" } } }, true),
  row("dot_joining_event_NEG", { d: { s: { t: ["on"] } } }, { d: { "s.t": { t: "on" } } }, false),
  row("dot_joining_pattern_NEG", { d: { "s.t": { t: ["on"] } } }, { d: { s: { t: "on" } } }, false),
  row("dynamodb", { d: { image: { N: ["12"] } } }, { d: { image: { S: "a", N: "12" } } }, true),

  field("content_exists", { exists: true }, "", true),
  field("content_exists_NEG", { exists: true }, undefined, false),
  field("content_exists_false", { exists: false }, undefined, true),
  field("content_exists_false_NEG", { exists: false }, 0, false),
  row("exists_dynamodb_NEG", { d: { key: [{ exists: true }] } }, { d: { key: { S: "a" } } }, false),
  field("exists_list_empty_NEG", { exists: true }, [], false),
  row("or-exists", { d: { S: [{ "anything-but": ["a"] }, { exists: false }] } }, { d: { N: "7" } }, true),
  row("or-exists-parent", { d: { S: [{ "anything-but": ["a"] }, { exists: false }] } }, { e: { N: "7" } }, true),
  field("operator_case_sensitive_EXC", { EXISTS: true }, 1, "Unrecognized match type EXISTS"),
  row("operator_multiple_list", { f: [{ exists: true }, { prefix: "no" }, { suffix: "no" }] }, { f: "yes" }, true),

  field("content_prefix", { prefix: "in/" }, "in/a", true),
  field("content_prefix_NEG", { prefix: "in/" }, "out/a", false),
  field("content_prefix_ignorecase", { prefix: { "equals-ignore-case": "IN/" } }, "In/a", true),
  field("content_prefix_int_EXC", { prefix: 7 }, "7", "prefix match pattern must be a string"),
  field("content_prefix_list_EXC", { prefix: ["in/"] }, "in/", "prefix match pattern must be a string"),
  field("content_suffix", { suffix: ".csv" }, "a.csv", true),
  field("content_suffix_NEG", { suffix: ".csv" }, "a.json", false),
  field("content_suffix_empty", { suffix: "" }, "a", true),
  field("content_suffix_ignorecase", { suffix: { "equals-ignore-case": ".CSV" } }, "a.csv", true),
  field("content_suffix_int_EXC", { suffix: 7 }, "7", "suffix match pattern must be a string"),
  field("content_suffix_list_EXC", { suffix: [".csv"] }, "a", "suffix match pattern must be a string"),
  field("content_ignorecase", { "equals-ignore-case": "Walk" }, "wALK", true),
  field("content_ignorecase_NEG", { "equals-ignore-case": "walk" }, "walks", false),
  field("content_ignorecase_empty", { "equals-ignore-case": "" }, "", true),
  field("content_ignorecase_empty_NEG", { "equals-ignore-case": "" }, "a", false),
  field(
    "content_ignorecase_EXC",
    { "equals-ignore-case": 7 },
    "7",
    "equals-ignore-case match pattern must be a string",
  ),
  field(
    "content_ignorecase_list_EXC",
    { "equals-ignore-case": ["a"] },
    "a",
    "equals-ignore-case match pattern must be a string",
  ),

  field("content_wildcard_nonrepeating", { wildcard: "/home/*/a.txt" }, "/home/x/y/y/a.txt", true),
  field("content_wildcard_nonrepeating_NEG", { wildcard: "/home/*/a.txt" }, "/home/x/b.txt", false),
  field("content_wildcard_repeating_NEG", { wildcard: "/h/*/d/d/d/a" }, "/h/x/d/d/e/a", false),
  field("content_wildcard_empty_NEG", { wildcard: "" }, "a", false),
  field("content_wildcard_int_EXC", { wildcard: 7 }, "7", "wildcard match pattern must be a string"),
  field("content_wildcard_list_EXC", { wildcard: ["a*"] }, "a", "wildcard match pattern must be a string"),
  field("content_wildcard_repeating_star_EXC", { wildcard: "a**b" }, "ab", "Consecutive wildcard characters at pos"),

  field("content_anything_but_string_NEG", { "anything-but": "a" }, "a", false),
  field("content_anything_but_string_null", { "anything-but": "a" }, null, true),
  field("content_anything_but_string_missing_NEG", { "anything-but": "a" }, undefined, false),
  field("content_anything_but_string_list", { "anything-but": ["a", "b"] }, "c", true),
  field("content_anything_but_string_list_NEG", { "anything-but": ["a", "b"] }, "b", false),
  field("content_anything_but_string_null_type_EXC", { "anything-but": null }, "a", ANYTHING_BUT),
  field(
    "content_anything_but_string_list_null_type_EXC",
    { "anything-but": ["a", null] },
    "b",
    "Inside anything but list, start|null|boolean is not supported.",
  ),
  field("content_anything_but_number", { "anything-but": 7 }, 8, true),
  field("content_anything_but_number_zero", { "anything-but": 0 }, 8, true),
  field("content_anything_but_number_list", { "anything-but": [1, 2] }, 3, true),
  field("content_anything_but_number_list_NEG", { "anything-but": [1, 2] }, 2, false),
  field("content_anything_but_ignorecase", { "anything-but": { "equals-ignore-case": "a" } }, "b", true),
  field("content_anything_but_ignorecase_NEG", { "anything-but": { "equals-ignore-case": "a" } }, "A", false),
  field("content_anything_but_ignorecase_null", { "anything-but": { "equals-ignore-case": "a" } }, null, true),
  field("content_anything_but_ignorecase_list", { "anything-but": { "equals-ignore-case": ["a", "b"] } }, "c", true),
  field("content_anything_but_ignorecase_list_NEG", { "anything-but": { "equals-ignore-case": ["a"] } }, "A", false),
  field("content_anything_but_ignorecase_EXC", { "anything-but": { "equals-ignore-case": 7 } }, "7", NO_TEXT_IN_LIST),
  field(
    "content_anything_but_ignorecase_list_EXC",
    { "anything-but": { "equals-ignore-case": [7] } },
    "7",
    NO_TEXT_IN_LIST,
  ),
  field("content_anything_prefix", { "anything-but": { prefix: "in" } }, "out", true),
  field("content_anything_prefix_NEG", { "anything-but": { prefix: "in" } }, "inside", false),
  field("content_anything_prefix_list_NEG", { "anything-but": { prefix: ["out", "in"] } }, "inside", false),
  field("content_anything_prefix_int_value", { "anything-but": { prefix: "1" } }, 123, true),
  field("content_anything_prefix_missing_NEG", { "anything-but": { prefix: "in" } }, undefined, false),
  field("content_anything_prefix_int_EXC", { "anything-but": { prefix: 7 } }, "7", PART),
  field("content_anything_prefix_list_type_EXC", { "anything-but": { prefix: ["a", 7] } }, "7", PART),
  field("content_anything_prefix_empty_EXC", { "anything-but": { prefix: "" } }, "a", "Null prefix/suffix not allowed"),
  field(
    "content_anything_prefix_ignorecase_EXC",
    { "anything-but": { prefix: { "equals-ignore-case": "a" } } },
    "b",
    ANYTHING_BUT,
  ),
  field("content_anything_suffix", { "anything-but": { suffix: ".csv" } }, "a.txt", true),
  field("content_anything_suffix_NEG", { "anything-but": { suffix: ".csv" } }, "a.csv", false),
  field("content_anything_suffix_null", { "anything-but": { suffix: ".csv" } }, null, true),
  field("content_anything_suffix_list", { "anything-but": { suffix: [".csv", ".txt"] } }, "a.png", true),
  field("content_anything_suffix_empty_EXC", { "anything-but": { suffix: "" } }, "a", "Null prefix/suffix not allowed"),
  field("content_anything_suffix_list_null_type_EXC", { "anything-but": { suffix: [".csv", null] } }, "a", PART),
  field(
    "content_anything_suffix_ignorecase_EXC",
    { "anything-but": { suffix: { "equals-ignore-case": "a" } } },
    "b",
    ANYTHING_BUT,
  ),
  field("content_anything_wildcard", { "anything-but": { wildcard: "*/init/*" } }, "a/b/c", true),
  field("content_anything_wildcard_NEG", { "anything-but": { wildcard: "*/init/*" } }, "a/init/c", false),
  field("content_anything_wildcard_empty", { "anything-but": { wildcard: "" } }, "a", true),
  field("content_anything_wildcard_int", { "anything-but": { wildcard: "*7*" } }, 7, true),
  field("content_anything_wildcard_list_NEG", { "anything-but": { wildcard: ["a*", "b*"] } }, "bc", false),
  field(
    "content_anything_wildcard_type_EXC",
    { "anything-but": { wildcard: 7 } },
    "7",
    "wildcard match pattern must be a string",
  ),

  field("content_numeric_and", { numeric: [">", 0, "<=", 5] }, 5, true),
  field("content_numeric_and_NEG", { numeric: [">", 0, "<=", 5] }, 6, false),
  field("numeric-null_NEG", { numeric: [">", 100] }, null, false),
  field("numeric-int-float", { numeric: ["=", 5] }, 5.0, true),
  field("content_numeric_EXC", { numeric: [">", 0, ">", 0] }, 1, "Bad numeric range operator: >"),
  field("content_numeric_syntax_EXC", { numeric: [">", 0, "<"] }, 1, "Value of < must be numeric"),
  field("content_numeric_number_EXC", { numeric: 10 }, 10, "Value of numeric must be an array."),
  field("content_numeric_operatorcasing_EXC", { NUMERIC: ["=", 5] }, 5, "Unrecognized match type NUMERIC"),
  row(
    "or-numeric-anything-but",
    { d: { N: [{ numeric: [">", 100] }, { "anything-but": "101" }] } },
    { d: { N: "42" } },
    true,
  ),
  row(
    "or-numeric-anything-but_NEG",
    { d: { N: [{ numeric: [">", 100] }, { "anything-but": "101" }] } },
    { d: { N: "101" } },
    false,
  ),

  field("content_ip_address", { cidr: "10.0.0.0/24" }, "10.0.0.255", true),
  field("content_ip_address_NEG", { cidr: "10.0.0.0/24" }, "10.0.0.256", false),
  field("content_ip_address_EXC", { cidr: "10.0.0.0" }, "10.0.0.0", "Malformed CIDR, one '/' required"),
  field("content_ip_address_bad_ip_EXC", { cidr: "xx.11.xx/8" }, "10.0.0.0", "Nonstandard IP address: xx.11.xx"),
  field(
    "content_ip_address_bad_mask_EXC",
    { cidr: "10.0.0.0/filter" },
    "10.0.0.0",
    "Malformed CIDR, mask bits must be an integer",
  ),
  field("content_ip_address_v6", { cidr: "2001:db8:1::/64" }, "2001:0db8:0001:0000:ffff:0:0:1", true),
  field("content_ip_address_v6_NEG", { cidr: "2001:db8:1::/64" }, "2001:0db8:0001:0001:0:0:0:1", false),
  field("content_ip_address_v6_bad_ip_EXC", { cidr: "xxxx:db8::/64" }, "::1", "Nonstandard IP address: xxxx:db8::"),
];

/** Answers of AWS that the embedded EventBridge does not give, and why. */
export const knownDifferences: readonly (RecordedPattern & { readonly because: string })[] = [
  {
    ...field("content_wildcard_complex_EXC", { wildcard: "*:*:*:*:*:bus/*" }, "a:b:c:d:e:bus/f", "Rule is too complex"),
    because:
      "AWS does not say where the limit of a wildcard's complexity is. Here a wildcard costs time linear to the text.",
  },
];
