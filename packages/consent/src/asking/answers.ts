/** What a person said to a question. */
export interface Answer {
  /** On whose behalf it was asked, see `askerOf`, and what tells the question from that one's others. */
  readonly asker: object;
  readonly about: string;
  readonly scopes: readonly string[];
  readonly isGranted: boolean;
  /** The error of who asked, unless it was granted. */
  readonly refusal?: unknown;
}

export interface Hearing {
  /** All since it began, oldest first. */
  readonly answers: readonly Answer[];
  end(): void;
}

const hearings = new Map<string, Set<Answer[]>>();

/**
 * Collects what the user answers from now on, for a handler that is about to run: its call may fail for
 * want of a grant that the user gives to another handler meanwhile.
 */
export const hear = (userId: string): Hearing => {
  const answers: Answer[] = [];
  const ofUser = hearings.get(userId) ?? new Set();
  hearings.set(userId, ofUser.add(answers));
  return {
    answers,
    end() {
      ofUser.delete(answers);
      if (ofUser.size === 0 && hearings.get(userId) === ofUser) hearings.delete(userId);
    },
  };
};

export const tell = (userId: string, answer: Answer): void => {
  for (const answers of hearings.get(userId) ?? []) answers.push(answer);
};
