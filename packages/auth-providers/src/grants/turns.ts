/** Hands out turns per id, in the order in which they were asked for. */
export interface Turns {
  /** Resolves when every earlier turn has ended; the function ends this one, and may be called again. */
  take(id: string): Promise<() => void>;
}

export const createTurns = (): Turns => {
  const last = new Map<string, Promise<void>>();
  return {
    async take(id) {
      const earlier = last.get(id);
      let end = () => {};
      const turn = new Promise<void>((resolve) => {
        end = resolve;
      });
      last.set(id, turn);
      await earlier;
      return () => {
        if (last.get(id) === turn) last.delete(id);
        end();
      };
    },
  };
};
