import { fieldReaders } from "../../gateway/request-fields.ts";
import { eventsErrors } from "../events-error.ts";

/** Readers of a request's fields, which throw an `EventsError` that names the parameter. */
export const eventsFields = fieldReaders({
  malformed: eventsErrors.malformed,
  missing: (name) =>
    eventsErrors.validation(
      `1 validation error detected: Value at '${name[0]?.toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
    ),
  invalid: eventsErrors.validation,
});
