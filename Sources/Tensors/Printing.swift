#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements in nested brackets, as NumPy prints an array of `float32` at a precision of 4.
  ///
  /// Columns are aligned; trailing zeros are left out; numbers take the form `1.5e+10` where the
  /// largest magnitude is 10⁶ or more, the smallest is below 10⁻⁴, or the largest is more than 1000
  /// times the smallest; lines are at most 75 characters long; of more than 1000 elements only
  /// three at each end of every axis are shown. A scalar is printed with all its digits.
  public var description: String { formatted() }

  /// The shape, and the elements on the lines below.
  public var debugDescription: String {
    rank == 0 ? "Tensor [] \(formatted())" : "Tensor \(shape)\n\(formatted())"
  }

  /// The elements in nested brackets, as NumPy prints an array of `float32`.
  ///
  /// - Parameters:
  ///   - precision: The most digits after the point, at least 0. NumPy's own default is 8.
  ///   - threshold: Tensors with more elements than this are summarised.
  ///   - edgeItems: How many a summary shows at each end of an axis, at least 1.
  ///   - lineWidth: The most characters on a line.
  public func formatted(
    precision: Int = 4, threshold: Int = 1000, edgeItems: Int = 3, lineWidth: Int = 75
  ) -> String {
    guard precision >= 0, edgeItems >= 1 else {
      stopProgram("formatted: a precision is at least 0 and there is at least 1 edge item")
    }
    if rank == 0 { return formatScalar(item) }
    if count == 0 { return "[]" }
    var printer = Printer(
      tensor: self, edgeItems: count > threshold ? edgeItems : Int.max / 2)
    printer.format = NumberFormat(printer.shownElements(), precision: precision)
    return printer.text(axis: 0, offset: 0, indent: " ", width: lineWidth)
  }
}

/// Walks over the axes and puts in brackets and line breaks.
private struct Printer {
  let tensor: Tensor
  let edgeItems: Int
  let strides: [Int]
  var format = NumberFormat([], precision: 0)

  init(tensor: Tensor, edgeItems: Int) {
    self.tensor = tensor
    self.edgeItems = edgeItems
    strides = tensor.shape.strides
  }

  /// The places to show along an axis; `nil` stands for those left out.
  private func places(_ axis: Int) -> [Int?] {
    let extent = tensor.shape[axis]
    guard extent > 2 * edgeItems else { return Array(0..<extent) }
    return Array(0..<edgeItems) + [nil] + Array((extent - edgeItems)..<extent)
  }

  func shownElements() -> [Float] {
    var offsets = [0]
    for axis in 0..<tensor.rank {
      let places = places(axis).compactMap { $0 }
      offsets = offsets.flatMap { offset in places.map { offset + $0 * strides[axis] } }
    }
    return tensor.withUnsafeElements { elements in offsets.map { elements[$0] } }
  }

  func text(axis: Int, offset: Int, indent: String, width: Int) -> String {
    if axis == tensor.rank - 1 { return row(offset: offset, indent: indent, width: width) }
    let separator = String(repeating: "\n", count: tensor.rank - 1 - axis)
    let parts = places(axis).map { place in
      guard let place else { return "..." }
      return text(
        axis: axis + 1, offset: offset + place * strides[axis], indent: indent + " ",
        width: width - 1)
    }
    return "[" + parts.joined(separator: separator + indent) + "]"
  }

  private func row(offset: Int, indent: String, width: Int) -> String {
    var text = ""
    var line = indent
    var length = indent.count
    let places = places(tensor.rank - 1)
    tensor.withUnsafeElements { elements in
      for (index, place) in places.enumerated() {
        let word = place.map { format.string(elements[offset + $0]) } ?? "..."
        if length + word.utf8.count > width - 1, length > indent.count {
          text += trimmed(line) + "\n"
          line = indent
          length = indent.count
        }
        line += word
        length += word.utf8.count
        if index + 1 < places.count {
          line += " "
          length += 1
        }
      }
    }
    return "[" + (text + line).dropFirst(indent.count) + "]"
  }

  private func trimmed(_ line: String) -> Substring {
    line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)]
  }
}

/// The common form of a tensor's elements: NumPy's `FloatingFormat` for `float32`.
private struct NumberFormat {
  private let scientific: Bool
  private let precision: Int
  private var left = 0
  private var right = 0

  init(_ elements: [Float], precision: Int) {
    let finite = elements.filter(\.isFinite)
    let magnitudes = finite.map(\.magnitude).filter { $0 != 0 }
    let smallest = magnitudes.min() ?? 1
    let largest = magnitudes.max() ?? 1
    scientific = largest >= 1e6 || smallest < 0.0001 || largest / smallest > 1000
    // Numbers are formatted twice: first alone, to see how much room they need, then aligned.
    var digits = 0
    for value in finite {
      let text =
        scientific
        ? scientificText(value, precision: precision) : positionalText(value, precision: precision)
      let point = text.firstIndex(of: ".") ?? text.endIndex
      let end = text.firstIndex(of: "e") ?? text.endIndex
      left = max(left, text.distance(from: text.startIndex, to: point))
      digits = max(digits, text.distance(from: point, to: end) - 1)
    }
    self.precision = scientific ? digits : precision
    right = scientific ? digits + 4 : digits
    if finite.count < elements.count {
      let negative = elements.contains(-Float.infinity)
      left = max(left, 3 + (negative ? 1 : 0) - (right + 1))
    }
  }

  func string(_ value: Float) -> String {
    guard value.isFinite else {
      let text = value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
      return blanks(left + 1 + right - text.utf8.count) + text
    }
    let text =
      scientific
      ? exactText(value, precision: precision) : positionalText(value, precision: precision)
    let point = text.firstIndex(of: ".")!
    let before = blanks(left - text.distance(from: text.startIndex, to: point))
    let after = scientific ? "" : blanks(right + 1 - text.distance(from: point, to: text.endIndex))
    return before + text + after
  }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }
}

/// The shortest digits that read back as the same `Float`, and the exponent: 0.d₁d₂… · 10^exponent.
private func shortestDigits(_ value: Float) -> (digits: [UInt8], exponent: Int) {
  var digits: [UInt8] = []
  var (point, exponent) = (-1, 0)
  var text = value.magnitude.description.utf8[...]
  if let e = text.firstIndex(of: UInt8(ascii: "e")) {
    exponent = Int(String(text[text.index(after: e)...])!)!
    text = text[..<e]
  }
  for byte in text {
    if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
  }
  exponent += point < 0 ? digits.count : point
  while digits.last == UInt8(ascii: "0") { digits.removeLast() }
  let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
  digits.removeFirst(zeros)
  return (digits, digits.isEmpty ? 1 : exponent - zeros)
}

private func text(_ digits: some Sequence<UInt8>) -> String {
  String(decoding: Array(digits), as: UTF8.self)
}

/// Like `-12.5` or `3.`: the shortest digits, or fewer where they are more than `precision` after
/// the point. C rounds those, from the exact value.
private func positionalText(_ value: Float, precision: Int) -> String {
  let sign = value.sign == .minus ? "-" : ""
  let (digits, exponent) = shortestDigits(value)
  if digits.count - exponent > precision {
    return withoutZeros(rounded(value, precision, "f"))
  }
  let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: max(exponent, -exponent) + 1)
  let whole =
    exponent <= 0
    ? "0" : text(digits.prefix(exponent)) + text(zeros.prefix(max(exponent - digits.count, 0)))
  let fraction =
    exponent <= 0
    ? (digits.isEmpty ? "" : text(zeros.prefix(-exponent)) + text(digits))
    : text(digits.dropFirst(exponent))
  return sign + (digits.isEmpty ? "0" : whole) + "." + fraction
}

/// Like `-1.25e+10`.
private func scientificText(_ value: Float, precision: Int) -> String {
  let sign = value.sign == .minus ? "-" : ""
  let (digits, exponent) = shortestDigits(value)
  if digits.isEmpty { return sign + "0.e+00" }
  if digits.count - 1 > precision {
    let parts = rounded(value, precision, "e").split(separator: "e")
    return withoutZeros(String(parts[0])) + "e" + parts[1]
  }
  let power = exponent - 1
  let exponentText = (abs(power) < 10 ? "0" : "") + String(abs(power))
  return sign + text(digits.prefix(1)) + "." + text(digits.dropFirst())
    + (power < 0 ? "e-" : "e+") + exponentText
}

/// Like `1.25e+10` with just as many digits as asked for, even beyond those that tell the number
/// from its neighbours. NumPy does so.
private func exactText(_ value: Float, precision: Int) -> String {
  let text = rounded(value, precision, "e")
  guard precision == 0 else { return text }
  return text.inserting(".", before: "e")
}

/// C's `%.<precision>f` or `%.<precision>e`.
private func rounded(_ value: Float, _ precision: Int, _ form: String) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
    withVaList([Int32(clamping: min(precision, 64)), Double(value)]) {
      _ = vsnprintf(buffer.baseAddress!, buffer.count, "%.*" + form, $0)
    }
    return String(cString: buffer.baseAddress!)
  }
}

/// Without the zeros after the point, but with the point.
private func withoutZeros(_ text: String) -> String {
  guard text.contains(".") else { return text + "." }
  return String(text[...text.lastIndex { $0 != "0" }!])
}

/// All the digits of one number, as NumPy prints a `float32` scalar.
private func formatScalar(_ value: Float) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if value == 0 || (value.magnitude >= 1e-4 && value.magnitude < 1e6) {
    let text = positionalText(value, precision: 64)
    return text.hasSuffix(".") ? text + "0" : text
  }
  let text = scientificText(value, precision: 64)
  return text.withoutBarePoint()
}

extension String {
  /// `1e-05` as `1.e-05`.
  fileprivate func inserting(_ text: String, before mark: Character) -> String {
    guard let place = firstIndex(of: mark) else { return self }
    return self[..<place] + text + self[place...]
  }

  /// `1.e-05` as `1e-05`.
  fileprivate func withoutBarePoint() -> String {
    guard let point = firstIndex(of: "."), self[index(after: point)] == "e" else { return self }
    return String(self[..<point] + self[index(after: point)...])
  }
}
