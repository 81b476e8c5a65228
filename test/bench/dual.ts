/** Dual numbers as one writes them as a class: what compiled tangents are compared with. */
export class Dual {
  readonly value: number;
  readonly tangent: number;

  constructor(value: number, tangent = 0) {
    this.value = value;
    this.tangent = tangent;
  }

  plus(other: Dual): Dual {
    return new Dual(this.value + other.value, this.tangent + other.tangent);
  }

  minus(other: Dual): Dual {
    return new Dual(this.value - other.value, this.tangent - other.tangent);
  }

  times(other: Dual): Dual {
    return new Dual(this.value * other.value, this.tangent * other.value + this.value * other.tangent);
  }

  scaled(factor: number): Dual {
    return new Dual(factor * this.value, factor * this.tangent);
  }

  power(n: number): Dual {
    return new Dual(this.value ** n, n * this.value ** (n - 1) * this.tangent);
  }
}
