// Serves all that is built: starts the daemons, pushes, writes the state files. `publish.ts SOURCES_YAML`, under a lock.
import { inCache, replaceFile } from "./cache.js";
import { ensure, fileServer, registry } from "./daemons.js";
import { fail } from "./messages.js";
import { pushImage } from "./push.js";
import { readSources, replacedSources, servedFiles, servedImage } from "./served.js";

const replaced = replacedSources(readSources(process.argv[2] ?? ""));
const files = replaced.flatMap(servedFiles);
replaceFile(inCache("files.json"), JSON.stringify(Object.fromEntries(files.map(({ path, file }) => [path, file]))));
const address = `localhost:${await ensure(registry)}`;
const filesAddress = `http://localhost:${await ensure(fileServer)}`;
const standins: object[] = [];
try {
  for (const it of replaced) {
    const image = servedImage(it);
    if (image) {
      await pushImage(address.replace("localhost", "127.0.0.1"), image);
      const reference = it.source.kind === "image" ? `${it.source.reference}:${image.tag}` : "";
      standins.push({ name: it.entry, reference, digest: image.index.digest, archs: image.archs });
    }
    for (const { arch, sha256, path } of servedFiles(it)) {
      standins.push({ name: it.entry, url: `${filesAddress}/${path}`, sha256, archs: [arch] });
    }
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
// a host that no source names yet is mirrored too: a new source must not need a new engine
const hosts = replaced.flatMap(({ source }) => (source.kind === "image" ? [source.reference.replace(/\/.*/, "")] : []));
hosts.unshift("docker.io", "quay.io", "ghcr.io", "gcr.io");
const mirrors = Object.fromEntries([...new Set(hosts)].map((host) => [host, { mirrors: [address] }]));
replaceFile(inCache("registries.json"), JSON.stringify({ ...mirrors, [address]: { http: true } }));
replaceFile(inCache("state.json"), JSON.stringify({ registry: address, files: filesAddress, standins }, null, 2));
