/** Turns the text of a row into what its database may see, and back; what is sealed for one id opens for no other. */
export interface RowCodec {
  seal(id: string, text: string): Promise<string>;
  /** @throws GrantUnreadableError when it was sealed with another key or for another id, or is damaged. */
  open(id: string, sealed: string): Promise<string>;
}
