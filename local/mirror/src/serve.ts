// Serves the stand-ins of downloads on the loopback interface: `serve.ts PORT FILES_JSON`.
// FILES_JSON maps a path to a file and is read at each request, so that `up` can add to it.
import { readFileSync } from "node:fs";

const [port = "0", filesJson = ""] = process.argv.slice(2);

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  fetch(request) {
    const path = new URL(request.url).pathname.slice(1);
    if (path === "") return new Response("test stand-ins\n");
    const file = (JSON.parse(readFileSync(filesJson, "utf8")) as Record<string, string>)[path];
    return file ? new Response(Bun.file(file)) : new Response(`found no stand-in at ${path}\n`, { status: 404 });
  },
});
