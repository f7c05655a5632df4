import { ConfigError, isLoopback } from '@tributary/pipeline';

/** @throws ConfigError unless a terminal can listen on it (RFC 8252, section 7.3). */
export const readRedirectUri = (value: string): URL => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) throw refusal('is no URL');
  if (url.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw refusal(
      'must be http on localhost, 127.0.0.1 or [::1] for a terminal to receive the answer',
    );
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw refusal('must hold neither user information nor a fragment');
  }
  return url;
};

const refusal = (reason: string): ConfigError =>
  new ConfigError(
    'redirectUri',
    `${reason}; register and give one such as http://localhost:53682/callback`,
  );
