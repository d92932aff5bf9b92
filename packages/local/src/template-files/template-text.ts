import {
  type CollectionTag,
  isScalar,
  LineCounter,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  visit,
  YAMLMap,
} from "yaml";
import { TemplateError } from "../cloudformation/deployment-error.ts";
import { isJsonObject, type Json, type JsonObject } from "../cloudformation/json.ts";

/** Functions with a short form. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const FUNCTIONS = [
  ...["And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not"],
  ...["Or", "Select", "Split", "Sub", "ToJsonString", "Transform"],
];

/**
 * Reads a CloudFormation or SAM template, in JSON or in YAML with its short forms.
 *
 * Digits behind a leading zero stay text, so an account id keeps its zero; dates stay text too. As in CloudFormation,
 * `yes`, `no`, `on` and `off` are truth values.
 *
 * @param name - of the file, for messages.
 * @throws {TemplateError} with line and column, if it is neither, or no object.
 */
export function parseTemplateText(text: string, name: string): JsonObject {
  const value = /^\s*\{/.test(text) ? (fromJson(text) ?? fromYaml(text, name)) : fromYaml(text, name);
  if (!isJsonObject(value)) throw new TemplateError(name, "a template must be an object.");
  return value;
}

/** JSON may be indented by tabs, which YAML refuses. */
function fromJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function fromYaml(text: string, name: string): Json {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    ...{ schema: "core", merge: true, customTags: (tags) => [...customTags, ...tags], lineCounter },
    // Checked below: the parser compares each key with each other, and takes 1 and "1" for two.
    uniqueKeys: false,
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new TemplateError(name, problem.message.trim());
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key) || key.source === "<<") continue;
        // Every key is a text, also one that reads like a number or a truth value.
        if (typeof key.value !== "string") key.value = key.source ?? "";
        const found = String(key.value);
        if (keys.has(found)) {
          const { line, col } = lineCounter.linePos(key.range?.[0] ?? 0);
          const shown = JSON.stringify(found.slice(0, 80));
          throw new TemplateError(name, `the key ${shown} is there twice: again at line ${line}, column ${col}.`);
        }
        keys.add(found);
      }
    },
  });
  try {
    return document.toJS({ maxAliasCount: 1000 }) as Json;
  } catch (error) {
    throw new TemplateError(name, error instanceof Error ? error.message : String(error));
  }
}

const leadingZero: ScalarTag = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:int",
  test: /^[-+]?0[0-9]+$/,
  resolve: (text) => text,
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html: YAML 1.1 */
const truthValue: ScalarTag = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:bool",
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
};

const customTags = [
  leadingZero,
  truthValue,
  ...shortForm("Ref", "Ref"),
  ...shortForm("Condition", "Condition"),
  ...FUNCTIONS.flatMap((name) => shortForm(name, `Fn::${name}`)),
];

/** A tag for each kind of value that a function can have. */
function shortForm(name: string, key: string): readonly (ScalarTag | CollectionTag)[] {
  const tag = `!${name}`;
  const around = (value: unknown) => {
    const call = new YAMLMap();
    call.items.push(new Pair(new Scalar(key), value));
    return call;
  };
  return [
    { tag, resolve: (text) => ({ [key]: key === "Fn::GetAtt" ? splitOnce(text) : text }) },
    { tag, collection: "seq", resolve: around },
    { tag, collection: "map", resolve: around },
  ];
}

function splitOnce(text: string): readonly string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
