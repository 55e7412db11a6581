/// The types of numbers that files hold, and how they become `Float`s.
enum ElementType: String {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case uint32 = "U32"
  case int32 = "I32"
  case uint64 = "U64"
  case int64 = "I64"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float32 = "F32"
  case float64 = "F64"

  /// How many bytes a number takes.
  var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Converts numbers that lie one after the other.
  ///
  /// - Returns: The position of the first number that can't be converted, and what it is: a whole
  ///   number that no `Float` equals, or one beyond the range of `Float`.
  func convert(
    _ bytes: UnsafeRawBufferPointer, to floats: UnsafeMutableBufferPointer<Float>,
    bigEndian: Bool = false
  ) -> (position: Int, number: String)? {
    func numbers<Bits: FixedWidthInteger, Number: CustomStringConvertible>(
      _: Bits.Type, _ number: (Bits) -> Number, _ float: (Number) -> Float?
    ) -> (position: Int, number: String)? {
      for position in floats.indices {
        let raw = bytes.loadUnaligned(
          fromByteOffset: position * MemoryLayout<Bits>.size, as: Bits.self)
        let value = number(bigEndian ? Bits(bigEndian: raw) : raw)
        guard let converted = float(value) else { return (position, "\(value)") }
        floats[position] = converted
      }
      return nil
    }
    func integers<Integer: FixedWidthInteger>(
      _: Integer.Type
    ) -> (position: Int, number: String)? {
      numbers(Integer.self, { $0 }, { Float(exactly: $0) })
    }
    switch self {
    case .bool: return numbers(UInt8.self, { $0 }, { $0 == 0 ? 0 : 1 })
    case .uint8: return integers(UInt8.self)
    case .int8: return integers(Int8.self)
    case .uint16: return integers(UInt16.self)
    case .int16: return integers(Int16.self)
    case .uint32: return integers(UInt32.self)
    case .int32: return integers(Int32.self)
    case .uint64: return integers(UInt64.self)
    case .int64: return integers(Int64.self)
    case .float16: return numbers(UInt16.self, Float16.init(bitPattern:), { Float($0) })
    case .bfloat16:
      return numbers(UInt16.self, { Float(bitPattern: UInt32($0) << 16) }, { $0 })
    case .float32: return numbers(UInt32.self, Float.init(bitPattern:), { $0 })
    case .float64:
      return numbers(UInt64.self, Double.init(bitPattern:)) {
        let float = Float($0)
        return float.isInfinite && $0.isFinite ? nil : float
      }
    }
  }
}
