import { disposeAll } from '../chain/dispose-all.js';
import type { Provider } from './registry.js';

interface Disposable {
  readonly dispose?: () => unknown;
  readonly [Symbol.asyncDispose]?: () => unknown;
}

const isObject = (value: unknown): value is Disposable =>
  typeof value === 'object' && value !== null;

/** What a registry has to close: tsyringe disposes neither values nor what a factory made. */
export const createParts = () => {
  const built = new Set<Disposable>();
  const values = new Set<Disposable>();
  let disposal: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    // Whoever was built later may need what was built before; values that nobody asked for come last.
    const parts = new Set([...[...built].reverse(), ...values]);
    await disposeAll(
      [...parts].map((part) => (part.dispose ?? part[Symbol.asyncDispose])?.bind(part)),
    );
  };

  return {
    /** Remembers what was built, in order. */
    keep<T>(value: T): T {
      if (isObject(value)) built.add(value);
      return value;
    },
    /** Remembers a value that may never be asked for. */
    own(provider: Provider<unknown>): void {
      const { useValue } = provider as { useValue?: unknown };
      if (isObject(useValue)) values.add(useValue);
    },
    dispose(): Promise<void> {
      disposal ??= close();
      return disposal;
    },
  };
};
