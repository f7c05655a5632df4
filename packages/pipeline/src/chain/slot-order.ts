import type { Slots } from './middleware.js';

interface SlotDescription {
  readonly list: boolean;
  readonly required: boolean;
  /** The member that does the work. */
  readonly member: 'wrap' | 'send';
  readonly why: string;
}

/** The slots, outermost first, and why each stands where it does. */
export const SLOT_ORDER: Readonly<Record<keyof Slots, SlotDescription>> = {
  observe: {
    list: true,
    required: false,
    member: 'wrap',
    why: 'sees each call once, as its caller does',
  },
  resolve: {
    list: false,
    required: true,
    member: 'wrap',
    why: 'picks the provider and the base URL, before anything is counted',
  },
  consent: {
    list: true,
    required: false,
    member: 'wrap',
    why: 'knows the provider, and sees only the outcome of all attempts',
  },
  retry: { list: false, required: true, member: 'wrap', why: 'tries again everything below it' },
  budget: { list: true, required: false, member: 'wrap', why: 'each attempt takes its own permit' },
  auth: {
    list: false,
    required: true,
    member: 'wrap',
    why: 'each attempt takes a fresh credential',
  },
  attempt: {
    list: true,
    required: false,
    member: 'wrap',
    why: 'sees each attempt with its credential known',
  },
  transport: {
    list: false,
    required: true,
    member: 'send',
    why: 'opens the socket, after a last check of the URL',
  },
};

export const SLOT_NAMES = Object.keys(SLOT_ORDER) as readonly (keyof Slots)[];
