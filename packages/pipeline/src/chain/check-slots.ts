import { ChainError } from '../errors/config-error.js';
import type { Slots } from './middleware.js';
import { SLOT_NAMES, SLOT_ORDER } from './slot-order.js';

/** One filled place of the chain. */
export interface SlotMember {
  readonly slot: keyof Slots;
  readonly name: string;
  readonly dispose?: () => Promise<void>;
}

const readMember = (slot: keyof Slots, value: unknown): SlotMember => {
  const { member } = SLOT_ORDER[slot];
  const candidate = value as Record<string, unknown> | null | undefined;
  if (
    typeof candidate !== 'object' ||
    candidate === null ||
    typeof candidate[member] !== 'function'
  ) {
    throw new ChainError(`The slot \`${slot}\` holds something without a \`${member}\` function.`);
  }
  if (typeof candidate.name !== 'string' || candidate.name === '') {
    throw new ChainError(`Something in the slot \`${slot}\` has no name.`);
  }
  return candidate as unknown as SlotMember;
};

/**
 * All members, outermost first. Types already refuse most of what is refused here; this is for
 * JavaScript, and for what reached the container untyped.
 * @throws ChainError for a missing slot, an unknown one, a wrong shape, or a name used twice.
 */
export const checkSlots = (slots: Slots): readonly SlotMember[] => {
  const unknown = Object.keys(slots).find(
    (key) => !(SLOT_NAMES as readonly string[]).includes(key),
  );
  if (unknown !== undefined) {
    throw new ChainError(
      `There is no slot \`${unknown}\`; the slots are ${SLOT_NAMES.join(', ')}.`,
    );
  }
  const members: SlotMember[] = [];
  for (const slot of SLOT_NAMES) {
    const { list, required } = SLOT_ORDER[slot];
    const value: unknown = slots[slot];
    if (value === undefined) {
      if (required)
        throw new ChainError(`The slot \`${slot}\` is empty; the chain can't work without it.`);
      continue;
    }
    if (list !== Array.isArray(value)) {
      throw new ChainError(`The slot \`${slot}\` takes ${list ? 'a list' : 'one, not a list'}.`);
    }
    for (const entry of list ? (value as unknown[]) : [value]) {
      const { name, dispose } = readMember(slot, entry);
      const twin = members.find((other) => other.name === name);
      if (twin !== undefined) {
        throw new ChainError(
          `\`${name}\` stands in the chain twice: in \`${twin.slot}\` and in \`${slot}\`. Give one of them another name.`,
        );
      }
      members.push({ slot, name, ...(dispose && { dispose: () => dispose.call(entry) }) });
    }
  }
  return members;
};
