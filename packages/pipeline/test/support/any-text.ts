import fc from 'fast-check';

/** Any UTF-16 code units, lone surrogates too. */
export const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.nat(0x7f), fc.nat(0xff), fc.nat(0xffff)), { maxLength })
    .map((units) => String.fromCharCode(...units));
