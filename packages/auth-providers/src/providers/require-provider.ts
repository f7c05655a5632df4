import { type AuthProvider, ConfigError } from '@tributary/pipeline';

/** @throws ConfigError naming `field`, for a bare token or anything else that is no provider. */
export const requireProvider = (field: string, value: unknown): AuthProvider => {
  const { endpoint, credential } = (value ?? {}) as Partial<AuthProvider>;
  if (typeof endpoint === 'function' && typeof credential === 'function') {
    return value as AuthProvider;
  }
  throw new ConfigError(field, 'is no provider; give one, such as apiToken({ email, token })');
};
