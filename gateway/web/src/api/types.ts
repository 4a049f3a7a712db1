/** What the server says, by the names that its OpenAPI document has for it. */

import type { components } from "./schema";

type Schemas = components["schemas"];
export type Model<Name extends keyof Schemas> = Schemas[Name];

/** An event as the live feed and the archive give it. */
export type LogEvent = Model<"LoggedEvent">;
