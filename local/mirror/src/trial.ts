import { parseDocument } from "yaml";
import type { Source } from "../../../.dagger/src/sources/sources.js";
import { standInFor } from "./standins.js";

/** Where the stand-in for an entry is served: an image's digest, or a download's address and sha256 by architecture. */
export type Place = { digest?: string; url?: string; sha256?: Record<string, string> };

/**
 * The sources file of a trial: what stand-ins replace is marked and pinned to them, and what only upstream's bases can
 * use (a snapshot of Ubuntu's archive) is left out. Comments and order stay.
 */
export function trialSources(text: string, places: Record<string, Place>): string {
  const doc = parseDocument(text);
  const sources = (doc.toJS() as { sources: Record<string, Source> }).sources;
  for (const [name, source] of Object.entries(sources)) {
    const at = (key: string) => ["sources", name, key];
    if (source.kind === "apt-snapshot") {
      doc.deleteIn(["sources", name]);
      continue;
    }
    if (!standInFor(source)) continue;
    doc.setIn(at("standin"), true);
    const place = places[name] ?? {};
    if (source.kind === "image") {
      if (place.digest) doc.setIn(at("digest"), place.digest);
      else doc.deleteIn(at("digest"));
    } else {
      if (place.url) doc.setIn(at("url"), place.url);
      if (place.sha256) doc.setIn(at("sha256"), doc.createNode(place.sha256));
      else doc.deleteIn(at("sha256"));
    }
  }
  return `# A trial's sources, made by local/mirror/sources: test stand-ins in place of what cannot be reached here.\n${doc.toString({ lineWidth: 0 })}`;
}
