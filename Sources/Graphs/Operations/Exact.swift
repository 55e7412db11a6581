#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Under names of their own, because a method of the same name would hide the global function.
private let systemExp: @Sendable (Double) -> Double = { exp($0) }
private let systemLog: @Sendable (Double) -> Double = { log($0) }
private let systemLog1p: @Sendable (Double) -> Double = { log1p($0) }
private let systemTanh: @Sendable (Double) -> Double = { tanh($0) }
private let systemExpm1: @Sendable (Double) -> Double = { expm1($0) }
private let systemSin: @Sendable (Double) -> Double = { sin($0) }
private let systemCos: @Sendable (Double) -> Double = { cos($0) }
private let systemErf: @Sendable (Double) -> Double = { erf($0) }
private let systemPow: @Sendable (Double, Double) -> Double = { pow($0, $1) }

/// The functions that specifications are written in: the system's, in `Double`.
enum Exact {
  static func exp(_ x: Double) -> Double { systemExp(x) }
  static func ln(_ x: Double) -> Double { systemLog(x) }
  static func log1p(_ x: Double) -> Double { systemLog1p(x) }
  static func tanh(_ x: Double) -> Double { systemTanh(x) }
  static func expm1(_ x: Double) -> Double { systemExpm1(x) }
  static func sin(_ x: Double) -> Double { systemSin(x) }
  static func cos(_ x: Double) -> Double { systemCos(x) }
  static func erf(_ x: Double) -> Double { systemErf(x) }
  static func pow(_ x: Double, _ y: Double) -> Double { systemPow(x, y) }
}
