import Foundation

/// What tells the time. Injected, so that the whole procedure, from rounds to the exit status, can
/// run on a ``SimulatedMachine``.
public protocol BenchmarkClock: AnyObject {
  /// Nanoseconds since some fixed moment.
  func now() -> Double

  /// The smallest difference that two readings can have, in nanoseconds.
  var resolution: Double { get }

  /// How often other work has taken the processor from this process so far: involuntary context
  /// switches, and the ticks that the host of a virtual machine took.
  var interruptions: Int { get }
}

/// The monotonic clock of the system.
public final class SystemClock: BenchmarkClock {
  /// The smallest step seen between readings in a row, which is more than the clock claims.
  public let resolution: Double

  /// Observes the clock's smallest step.
  public init() {
    var least = Double.infinity
    for _ in 0..<200 {
      let start = SystemClock.reading()
      var next = SystemClock.reading()
      while next <= start { next = SystemClock.reading() }
      least = min(least, next - start)
    }
    resolution = least
  }

  /// Nanoseconds since the system started.
  public func now() -> Double { SystemClock.reading() }

  /// Involuntary context switches of all threads of the process, and stolen ticks of the machine.
  public var interruptions: Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_nivcsw + SystemClock.stolenTicks()
  }

  private static func reading() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  /// The eighth number of the first line of `/proc/stat`: `cpu user nice system idle iowait irq
  /// softirq steal`. 0 where there is none.
  private static func stolenTicks() -> Int {
    guard let file = fopen("/proc/stat", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let words = text.split(separator: " ")
    return words.count > 8 ? Int(words[8]) ?? 0 : 0
  }
}
