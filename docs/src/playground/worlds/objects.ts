/** As much of `@longhaul/objects` as chapter 5 uses. Its other parts need Node, which the worker does not have. */
export { ObjectCache, type ObjectId } from "../../../../packages/objects/src/cache/object-cache.ts";
export { ObjectChangedError } from "../../../../packages/objects/src/object/errors.ts";
export { objectLoader } from "../../../../packages/objects/src/object/object-loader.ts";
