export const REDACTED = 'REDACTED';
