import Testing

func expect(
  _ result: ExitTest.Result?, says sentence: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(text.contains(sentence), "\(text.prefix(400))", sourceLocation: sourceLocation)
}

/// Mean and standard deviation, in `Double`.
func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
  return (mean, (square / Double(values.count)).squareRoot())
}

/// The greatest distance between elements; infinite if there are not as many.
func distance(_ left: [Float], _ right: [Float]) -> Float {
  if left.count != right.count { return .infinity }
  return zip(left, right).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
}
