// Stops what `up` started. What is built stays in the cache.
import { fileServer, registry, stop } from "./daemons.js";

for (const daemon of [registry, fileServer]) await stop(daemon);
