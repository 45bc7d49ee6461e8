// A real HTTP server that answers as a test says, on a free port of loopback.

import { createServer } from 'node:http';

/** Starts a server; `answer(request, response)` is called with the body read into `request.body`. */
export async function serve(answer) {
  const requests = [];
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      request.body = Buffer.concat(pieces).toString();
      requests.push({ method: request.method, url: request.url, headers: request.headers, body: request.body });
      answer(request, response);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return { baseUrl: `http://127.0.0.1:${server.address().port}/api`, requests, close };
}

/** Answers with JSON. */
export function json(response, status, body, headers = {}) {
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
