/** Between a range of numbers and [0, 1]: evenly, or evenly in the logarithm. */
export interface Scale {
  toUnit(number: number): number
  fromUnit(unit: number): number
  /** The length of the range on its own scale: `high - low`, or the logarithm of `high / low`. */
  readonly length: number
}

export function scale(low: number, high: number, log: boolean): Scale {
  return log ? logScale(low, high) : linearScale(low, high)
}

function linearScale(low: number, high: number): Scale {
  const length = high - low
  return {
    toUnit: (number) => (number - low) / length,
    fromUnit: (unit) => low + unit * length,
    length,
  }
}

function logScale(low: number, high: number): Scale {
  const growth = (high - low) / low
  if (growth < 1e300) {
    // Distances from `low` keep their digits, however near the two ends are.
    const length = Math.log1p(growth)
    return {
      toUnit: (number) => Math.log1p((number - low) / low) / length,
      fromUnit: (unit) => low + low * Math.expm1(unit * length),
      length,
    }
  }
  const start = Math.log(low)
  const length = Math.log(high) - start
  return {
    toUnit: (number) => (Math.log(number) - start) / length,
    fromUnit: (unit) => Math.exp(start + unit * length),
    length,
  }
}
