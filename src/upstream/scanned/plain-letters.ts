/** For each byte whether it is a letter of a text that stands for itself: ASCII without quotation mark, backslash and controls. */
export const isPlain = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(/[ !#-[\]-\x7f]/.test(String.fromCharCode(code))),
);

/**
 * The same of four bytes at once: none of them is below a space, a quotation mark, a backslash, or beyond ASCII. Subtracting borrows from the highest bit of a byte that is less; two that
 * are the same differ by 0. What a byte borrows from the one above it may make that one look the same: no matter, for then the lower one is not plain.
 */
export const areFourPlain = (four: number): boolean => {
  const fromQuotationMark = four ^ 0x22222222;
  const fromBackslash = four ^ 0x5c5c5c5c;
  const borrowed =
    ((four - 0x20202020) & ~four) |
    ((fromQuotationMark - 0x01010101) & ~fromQuotationMark) |
    ((fromBackslash - 0x01010101) & ~fromBackslash);
  return ((four | borrowed) & 0x80808080) === 0;
};
