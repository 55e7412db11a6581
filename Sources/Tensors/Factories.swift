#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor {
  /// Numbers drawn uniformly from 0 up to, but never reaching, 1.
  ///
  /// - Parameters:
  ///   - shape: The extents.
  ///   - source: Where the numbers come from. Takes one draw.
  public static func rand(_ shape: Shape, using source: RandomSource = .current) -> Tensor {
    source.draw().uniform(shape)
  }

  /// Numbers drawn uniformly from 0 up to, but never reaching, 1, by a generator of one's own.
  public static func rand(_ shape: Shape, using generator: inout Generator) -> Tensor {
    generator.draw().uniform(shape)
  }

  /// Normally distributed numbers with mean 0 and standard deviation 1.
  ///
  /// - Parameters:
  ///   - shape: The extents.
  ///   - source: Where the numbers come from. Takes one draw.
  public static func randn(_ shape: Shape, using source: RandomSource = .current) -> Tensor {
    source.draw().normal(shape)
  }

  /// Normally distributed numbers with mean 0 and standard deviation 1, by a generator of one's
  /// own.
  public static func randn(_ shape: Shape, using generator: inout Generator) -> Tensor {
    generator.draw().normal(shape)
  }

  /// The identity matrix: ones on the diagonal, zeros elsewhere.
  ///
  /// **Shape:** `[size, size]`.
  ///
  /// - Parameter size: The number of rows, at least 0.
  public static func eye(_ size: Int) -> Tensor {
    var matrix = zeros(Shape(size, size))
    matrix.withUnsafeMutableElements { elements in
      for i in 0..<size { elements[i * (size + 1)] = 1 }
    }
    return matrix
  }

  /// The numbers start, start + step, start + 2 step, … before `end`, which is excluded.
  ///
  /// **Numerics:** computed in `Double` as start + i · step, so errors don't add up, then rounded.
  /// `end` is excluded even where a step like 0.1, which isn't exact, falls a hair short of it:
  /// `range(1, 1.3, step: 0.1)` has three elements (NumPy's `arange` gives four).
  ///
  /// - Parameters:
  ///   - start: The first number.
  ///   - end: Where to stop. Not in the direction of the step: the tensor is empty.
  ///   - step: The distance; negative to count down, not 0.
  public static func range(_ start: Double, _ end: Double, step: Double = 1) -> Tensor {
    guard step != 0, start.isFinite, end.isFinite, step.isFinite else {
      stopProgram("range: from \(start) to \(end) by \(step): all finite, and the step not 0")
    }
    let steps = (end - start) / step
    let whole = steps.rounded()
    // What start and end, each off by half a unit in the last place, can do to the quotient.
    let doubt = 4 * (max(abs(start), abs(end)) / abs(step)).ulp
    let count = abs(steps - whole) <= doubt ? whole : steps.rounded(.up)
    guard count < 0x1p48 else {
      stopProgram(
        "range: from \(start) to \(end) by \(step) has more elements than memory can hold")
    }
    return sequence(max(Int(count), 0)) { start + Double($0) * step }
  }

  /// Numbers at equal distances, both ends included.
  ///
  /// **Numerics:** computed in `Double`, then rounded; the last is `end` exactly.
  ///
  /// - Parameters:
  ///   - start: The first number.
  ///   - end: The last number.
  ///   - count: How many, at least 0. A single one is `start`.
  public static func linspace(_ start: Double, _ end: Double, _ count: Int) -> Tensor {
    let divisor = Double(max(count - 1, 1))
    return sequence(count) { i in
      i > 0 && i == count - 1 ? end : start + (end - start) * (Double(i) / divisor)
    }
  }

  /// Powers of `base` whose exponents lie at equal distances, both ends included.
  ///
  /// **Numerics:** computed in `Double`, then rounded.
  ///
  /// - Parameters:
  ///   - base: The base. If it is negative, so are all the numbers: −|base|^exponent.
  ///   - start: The first exponent.
  ///   - end: The last exponent.
  ///   - count: How many, at least 0.
  public static func logspace(
    base: Double = 10, _ start: Double, _ end: Double, _ count: Int
  ) -> Tensor {
    let divisor = Double(max(count - 1, 1))
    let sign = base < 0 ? -1.0 : 1.0
    return sequence(count) { i in
      let exponent =
        i > 0 && i == count - 1 ? end : start + (end - start) * (Double(i) / divisor)
      return sign * pow(abs(base), exponent)
    }
  }

  /// Numbers whose neighbours have equal ratios, both ends included.
  ///
  /// **Numerics:** computed in `Double`, then rounded; the ends are exact.
  ///
  /// - Parameters:
  ///   - start: The first number.
  ///   - end: The last number.
  ///   - count: How many, at least 0. A single one is `start`.
  /// - Returns: `nil` if the ends have different signs or one of them is 0: no ratio leads from one
  ///   to the other.
  public static func geomspace(_ start: Double, _ end: Double, _ count: Int) -> Tensor? {
    guard start != 0, end != 0, (start < 0) == (end < 0) else { return nil }
    let divisor = Double(max(count - 1, 1))
    let ratio = end / start
    return sequence(count) { i in
      i > 0 && i == count - 1 ? end : start * pow(ratio, Double(i) / divisor)
    }
  }

  private static func sequence(_ count: Int, _ value: (Int) -> Double) -> Tensor {
    Tensor(uninitialized: Shape(count)) { elements in
      for i in 0..<count { elements[i] = Float(value(i)) }
    }
  }
}
