import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

/** Confluence as far as attachments go: forms are hashed and thrown away, files made up as they are read. */

const block = Buffer.alloc(1024 * 1024, 'tributary ');

const storeForm = (request, response) => {
  const hash = createHash('sha256');
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    hash.update(chunk);
  });
  request.on('end', () => {
    response.end(JSON.stringify({ id: 'att1', title: 'x', form: size, hash: hash.digest('hex') }));
  });
};

const sendFile = (response, size) => {
  response.writeHead(200, { 'content-length': size, etag: '"one"' });
  let left = size;
  const write = () => {
    while (left > 0) {
      const chunk = left < block.length ? block.subarray(0, left) : block;
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
};

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (request.method === 'PUT') storeForm(request, response);
  else if (url.pathname.endsWith('/download')) {
    const { port } = server.address();
    const size = url.pathname.match(/att(\d+)/)[1];
    // Another origin, as the media service is.
    response.writeHead(302, { location: `http://localhost:${port}/file?size=${size}` }).end();
  } else sendFile(response, Number(url.searchParams.get('size')));
});
server.listen(0, () => process.send(server.address().port));
process.once('disconnect', () => process.exit());
