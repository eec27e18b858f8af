import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Served = { range: string | undefined; sent: number };

/** Serves one file with ranges, and can cut the connection after so many bytes, forget ranges, or answer an error. */
export class ModelServer {
  readonly requests: Served[] = [];
  /** Bytes after which the next connections are cut; one entry a request. */
  cuts: number[] = [];
  /** Status codes of the next answers that are no file; one entry a request. */
  errors: number[] = [];
  ranges = true;
  private readonly server: Server;

  constructor(public content: Buffer) {
    this.server = createServer((request, response) => {
      const range = this.ranges ? request.headers.range : undefined;
      const served: Served = { range: request.headers.range, sent: 0 };
      this.requests.push(served);
      const error = this.errors.shift();
      if (error) return void response.writeHead(error).end();
      const from = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
      if (from > 0 && from >= this.content.length) return void response.writeHead(416).end();
      const rest = this.content.subarray(from);
      response.writeHead(range ? 206 : 200, {
        "content-length": rest.length,
        ...(range ? { "content-range": `bytes ${from}-${this.content.length - 1}/${this.content.length}` } : {}),
      });
      const cut = this.cuts.shift();
      const part = cut === undefined ? rest : rest.subarray(0, cut);
      served.sent = part.length;
      if (cut === undefined) response.end(part);
      else response.write(part, () => setTimeout(() => request.socket.destroy(), 100));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/model`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
