/** Checks that kernels make before they touch memory. */

/** @throws RangeError unless the array holds exactly `length` elements */
export function requireLength(kernel: string, name: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length) {
    throw new RangeError(`${kernel}: ${name} must hold ${length} elements, got ${array.length}.`);
  }
}
