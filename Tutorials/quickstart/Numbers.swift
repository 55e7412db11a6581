import Neuronika

/// The root mean square of what values are off from others.
func rootMeanSquare(_ found: Tensor, _ expected: [Double]) -> Double {
  rootMeanSquare(found.elements.map { Double($0) }, expected)
}

/// The root mean square of what values are off from others.
func rootMeanSquare(_ found: [Double], _ expected: [Double]) -> Double {
  rootMeanSquare(zip(found, expected).map { $0 - $1 })
}

/// The square root of the mean square.
func rootMeanSquare(_ values: [Double]) -> Double {
  (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
}

/// The solution x of a x = b for a matrix of two rows, by Cramer's rule.
func solve(_ a: Tensor, _ b: [Float]) -> [Float] {
  let determinant = a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
  return [
    (b[0] * a[1, 1] - a[0, 1] * b[1]) / determinant,
    (a[0, 0] * b[1] - b[0] * a[1, 0]) / determinant,
  ]
}

/// The eigenvalues of a positive symmetric matrix of two rows. Their sum is its trace, their product
/// its determinant; the smaller one as a quotient, because as a difference it would lose its digits.
func eigenvalues(_ a: Tensor) -> (smaller: Double, greater: Double) {
  let (xx, xy, yy) = (Double(a[0, 0]), Double(a[0, 1]), Double(a[1, 1]))
  let half = (xx + yy) / 2
  let greater = half + ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
  return ((xx * yy - xy * xy) / greater, greater)
}
