import { AGENT, AGENT_IGNORED } from "./agent.js";
import { CLOUD_INIT, NOT_CONVERTED } from "./cloud-init.js";
import { PROVIDER } from "./provider.js";
import { list, type RecordShape, record, table, text } from "./shape.js";
import { Step } from "./step.js";
import { BREAKS_STAGES } from "./upstream.js";
import { toZod } from "./zod.js";

/** Everything that something in a Kairos image reads from a cloud-config. */
export const CLOUD_CONFIG: RecordShape = record(
  "A Kairos cloud-config: stages for yip, settings for kairos-agent, and the part of cloud-init that yip converts",
  {
    name: { ...text("Name of this configuration, for the log"), breaks: BREAKS_STAGES },
    stages: {
      ...table("What yip does, by stage", list("The steps of this stage, in their order", Step)),
      breaks: BREAKS_STAGES,
    },
    ...CLOUD_INIT,
    ...AGENT,
    ...PROVIDER,
  },
  { ignored: AGENT_IGNORED, misnamed: NOT_CONVERTED },
);

/** The same as a zod schema: its JSON Schema lets editors complete and check a cloud-config. */
export const CloudConfig = toZod(CLOUD_CONFIG);
