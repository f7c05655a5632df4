import { isIP } from 'node:net';

/** Whether the person sits at another machine than this one. */
export const isSsh = ({ SSH_CONNECTION, SSH_TTY }: NodeJS.ProcessEnv): boolean =>
  Boolean(SSH_CONNECTION || SSH_TTY);

/** What to run where the browser is, so that the answer finds its way here. */
export const forwardCommand = (redirectUri: URL, env: NodeJS.ProcessEnv): string => {
  const { hostname, port } = redirectUri;
  const here = `${hostname}:${port || '80'}`;
  // A browser there asks for the same address, so that it is listened on in the same family.
  const there = hostname.endsWith('localhost') ? port || '80' : here;
  const { host, sshPort } = ownAddress(env.SSH_CONNECTION);
  const user = [env.USER, env.LOGNAME].find((name) => name !== undefined && /^[\w.-]+$/.test(name));
  const login = user === undefined ? host : `${user}@${host}`;
  return ['ssh', '-N', ...sshPort, '-L', `${there}:${here}`, login].join(' ');
};

/** SSH_CONNECTION: the client's address and port, then this machine's as the client reached it. */
const ownAddress = (connection = ''): { readonly host: string; readonly sshPort: string[] } => {
  const [, , host = '', port = ''] = connection.split(' ');
  if (isIP(host) === 0) return { host: 'this-machine', sshPort: [] };
  return { host, sshPort: /^\d+$/.test(port) && port !== '22' ? ['-p', port] : [] };
};
