// A copy of a server's public documents at another address, which alters what the test tells it to.
import { createServer } from "node:http";

export class AlteringProxy {
  #server;
  #changes = new Map();

  static async start(target) {
    const proxy = new AlteringProxy();
    proxy.#server = createServer(async (request, response) => {
      const answer = await fetch(target + request.url);
      const bytes = Buffer.from(await answer.arrayBuffer());
      const change = proxy.#changes.get(request.url) ?? ((same) => same);
      response.writeHead(answer.status, { "Access-Control-Allow-Origin": "*", "Content-Type": answer.headers.get("Content-Type") });
      response.end(change(bytes));
    });
    await new Promise((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    proxy.url = `http://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  // From now on only these paths are altered: { path: bytes => bytes }.
  alter(changes) {
    this.#changes = new Map(Object.entries(changes));
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
