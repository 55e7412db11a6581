/// Decimal numbers, read with correct rounding.
enum Decimal {
  /// Reads an ordinary decimal number, such as `-12.5` or `3e-4`, at a place.
  ///
  /// The digits make a whole number of up to 19 digits and are multiplied or divided by a power of
  /// ten up to 10²², which is exact in `Double` (W. D. Clinger: *How to read floating point numbers
  /// accurately*, 1990). So the result is off by less than 2 units in the last place of a `Double`,
  /// and rounding it to `Float` is right unless it lies that near to the middle of two of them.
  /// Then, and for everything longer, it is left to ``parse(_:)``.
  ///
  /// - Parameter start: Its bytes end with one that can't belong to a number.
  /// - Returns: `nil` if there is nothing of this kind. Else the number, and the place after it.
  @inline(__always)
  static func quick(
    _ start: UnsafePointer<UInt8>, _ powers: UnsafePointer<Double>
  ) -> (value: Float, end: UnsafePointer<UInt8>)? {
    var p = start
    let negative = p[0] == UInt8(ascii: "-")
    if negative || p[0] == UInt8(ascii: "+") { p += 1 }
    var mantissa: UInt64 = 0
    let first = p
    while p[0] &- 48 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(p[0] &- 48)
      p += 1
    }
    var digits = p - first
    var exponent = 0
    if p[0] == UInt8(ascii: ".") {
      p += 1
      let fraction = p
      while p[0] &- 48 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(p[0] &- 48)
        p += 1
      }
      exponent = fraction - p
      digits -= exponent
    }
    if digits == 0 || digits > 19 { return nil }
    if p[0] | 0x20 == UInt8(ascii: "e") {
      p += 1
      let down = p[0] == UInt8(ascii: "-")
      if down || p[0] == UInt8(ascii: "+") { p += 1 }
      let place = p
      var power = 0
      while p[0] &- 48 < 10, p - place < 5 {
        power = power &* 10 &+ Int(p[0] &- 48)
        p += 1
      }
      if p == place || p[0] &- 48 < 10 { return nil }
      exponent += down ? -power : power
    }
    if exponent < -22 || exponent > 22 { return nil }
    let value =
      exponent < 0
      ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
    // The 29 bits that a Float doesn't have: those of a middle are a one and zeros.
    let beyondMiddle = Int(value.bitPattern & 0x1FFF_FFFF) - 0x1000_0000
    if abs(beyondMiddle) <= 4 || value > Double(Float.greatestFiniteMagnitude) { return nil }
    return (Float(negative ? -value : value), p)
  }

  /// 10⁰ to 10²².
  nonisolated(unsafe) static let powers: UnsafePointer<Double> = {
    let powers = UnsafeMutablePointer<Double>.allocate(capacity: 23)
    powers[0] = 1
    for exponent in 1...22 { powers[exponent] = powers[exponent - 1] * 10 }
    return UnsafePointer(powers)
  }()

  /// Reads any decimal number, by the standard library, whatever the locale.
  ///
  /// - Returns: `nil` if the text isn't one as a whole. Infinity if it is too large for a `Float`.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < text.count, text[index] &- 48 < 10 { index += 1 }
      return index - start
    }
    func skip(_ characters: StaticString) -> Bool {
      guard index < text.count else { return false }
      for i in 0..<characters.utf8CodeUnitCount where characters.utf8Start[i] == text[index] {
        index += 1
        return true
      }
      return false
    }
    _ = skip("+-")
    var count = digits()
    if skip(".") { count += digits() }
    if count == 0 { return nil }
    if skip("eE") {
      _ = skip("+-")
      if digits() == 0 { return nil }
    }
    if index < text.count { return nil }
    return Float(String(decoding: text, as: UTF8.self))
  }
}
