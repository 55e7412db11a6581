import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A generator that many owners share: what `using:` takes.
///
/// Safe to use from several threads; but only draws made in a fixed order are reproducible, so give
/// every concurrent task a source of its own.
public final class RandomSource: Sendable {
  /// The seed of the default source where `NEURONIKA_SEED` is not set.
  public static let defaultSeed: UInt64 = 2_718_281_828

  /// The source that everything draws from which isn't given another: that of the nearest enclosing
  /// ``withSeed(_:_:)``, else one for the whole process.
  ///
  /// The latter's seed is the environment variable `NEURONIKA_SEED`, a whole number from 0 to
  /// 2⁶⁴ − 1 (anything else stops the program), else ``defaultSeed``. Two runs of a program draw
  /// the same numbers.
  @TaskLocal public static var current = RandomSource(seed: environmentSeed())

  private let shared: Mutex<Generator>

  /// A source of its own.
  public init(seed: UInt64) { shared = Mutex(Generator(seed: seed)) }

  /// A source that goes on where a generator stands.
  public init(_ generator: Generator) { shared = Mutex(generator) }

  /// The generator, as it stands. Assign to go on from another place.
  public var generator: Generator {
    get { shared.withLock { $0 } }
    set { shared.withLock { $0 = newValue } }
  }

  /// Takes the next draw.
  public func draw() -> Draw { shared.withLock { $0.draw() } }

  private static func environmentSeed() -> UInt64 {
    guard let text = getenv("NEURONIKA_SEED") else { return defaultSeed }
    let value = String(cString: text)
    guard let seed = UInt64(value) else {
      stopProgram(
        "NEURONIKA_SEED is \"\(value)\", but a seed is a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }
}

/// Runs a closure whose random numbers all come from one seed.
///
/// ```swift
/// let (a, b) = withSeed(7) { (Tensor.rand([3]), Tensor.randn([3])) }
/// ```
///
/// The source outside is neither used nor changed.
///
/// - Parameters:
///   - seed: Any number.
///   - body: Draws from ``RandomSource/current``, as constructors without `using:` do.
public func withSeed<Result>(_ seed: UInt64, _ body: () throws -> Result) rethrows -> Result {
  try RandomSource.$current.withValue(RandomSource(seed: seed), operation: body)
}

/// Runs an asynchronous closure whose random numbers all come from one seed. Its child tasks
/// inherit the source; detached tasks don't.
public func withSeed<Result>(
  _ seed: UInt64, isolation: isolated (any Actor)? = #isolation,
  _ body: () async throws -> Result
) async rethrows -> Result {
  try await RandomSource.$current.withValue(
    RandomSource(seed: seed), operation: body, isolation: isolation)
}
