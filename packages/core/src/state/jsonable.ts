/**
 * A type whose values JSON carries as they are; what it would change or lose (a `Date`, a `bigint`, a `Map`, a method) is
 * `never`, so that the value is refused at compile time. Properties may be `undefined`, and have symbols as names: those are left out. `unknown` passes.
 *
 * @example `const save = <State>(state: State & Jsonable<State>) => JSON.stringify(state);`
 */
export type Jsonable<Value> = unknown extends Value
  ? Value
  : Value extends string | number | boolean | null
    ? Value
    : Value extends (...args: never) => unknown
      ? never
      : Value extends object
        ? { [Key in keyof Value]: Key extends symbol ? Value[Key] : JsonableProperty<Value[Key]> }
        : never;

/** {@link Jsonable} for a property. */
export type JsonableProperty<Value> = Value extends undefined ? undefined : Jsonable<Value>;

/** Adds nothing to options whose state is {@link Jsonable}, and what no options have to others. */
export type StateIsJson<State> = [State] extends [Jsonable<State>]
  ? unknown
  : { readonly start: "The state must be JSON: no Date, Map, bigint, class instance or function." };
