/** Elements of one input: 512 MB as the float64 numbers that everything here computes with. */
export const MOST_ELEMENTS = 2 ** 26;

/** Pixels of a picture before it is made smaller: 8000 × 8000. */
export const MOST_PIXELS = 64e6;

/** Bytes of one input file. */
export const MOST_FILE_BYTES = 2 ** 29;
