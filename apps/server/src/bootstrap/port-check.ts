import { createServer } from 'node:net';

/** Why a server cannot listen on an address, or undefined when it can. */
export async function portProblem(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((done) => {
    server.once('error', done);
    server.listen({ host, port, exclusive: true }, () => done(undefined));
  });
  if (error === undefined) {
    await new Promise((done) => server.close(done));
    return undefined;
  }
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another program. Stop that program, or choose another port with PERDURE_PORT.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose a port above 1023 with PERDURE_PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine. Set PERDURE_HOST to one that is, such as 127.0.0.1 or 0.0.0.0.`;
    default:
      return `Perdure cannot listen on ${host}:${port}: ${error.message}`;
  }
}
