/**
 * The parts of the SDK that a module's code uses, without what makes the package slow to load (the introspector with
 * a whole compiler, telemetry exporters, downloads of the CLI): 0.2 s in place of 0.7 s and more. It is connection()
 * of the package less its telemetry.
 */
import * as client from "../../node_modules/@dagger.io/dagger/dist/src/api/client.gen.js";
import { Context } from "../../node_modules/@dagger.io/dagger/dist/src/common/context.js";
import { withGQLClient } from "../../node_modules/@dagger.io/dagger/dist/src/common/graphql/connect.js";
import { globalConnection } from "../../node_modules/@dagger.io/dagger/dist/src/common/graphql/connection.js";
import * as decorators from "../../node_modules/@dagger.io/dagger/dist/src/module/decorators.js";
import type { bundled } from "./bundle.js";
import type { EngineSession } from "./session.js";

/** Makes `dag` speak to this session, here and in the module's code. */
export async function connect(session: EngineSession): Promise<void> {
  process.env.DAGGER_SESSION_PORT = String(session.port);
  process.env.DAGGER_SESSION_TOKEN = session.token;
  await withGQLClient({}, async (gql) => globalConnection.setGQLClient(gql));
}

/** What is of the SDK's core, less what the API does not have; each name of `bundled` must be here, and no other. */
const core: Record<(typeof bundled)[number], unknown> = {
  ...decorators,
  Context,
  connect: missing,
  connection: missing,
  entrypoint: missing,
};

/** What `import … from "@dagger.io/dagger"` gives a module's code, under `dagger call` as here. */
export const surface = { ...client, ...core };

function missing(): never {
  throw new Error("a module's function is connected already: use dag");
}

export const dag = client.dag;
