/** How an attempt ended, with the response that is discarded or handed on. */
export type Ended =
  | { readonly response: Response; readonly error?: never }
  | { readonly error: unknown; readonly response?: never };

/** Ends the call as its last attempt did. */
export const handOn = (ended: Ended): Response => {
  if (ended.response === undefined) throw ended.error;
  return ended.response;
};
