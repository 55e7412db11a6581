import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A block of 64-byte aligned memory for floats, taken from a free list and given back to it.
///
/// Blocks come in size classes, four to each doubling, so that a training loop, which asks for the
/// same sizes at every step, reaches the system's allocator only in its first one. Returning a
/// large block to the system and asking for it again costs a page fault for each of its pages: more
/// time than the arithmetic on it.
public final class Storage: @unchecked Sendable {
  /// The first float. There is room for `capacity` of them, uninitialised.
  public let pointer: UnsafeMutablePointer<Float>
  /// The number of floats there is room for.
  public let capacity: Int
  private let sizeClass: Int

  /// Takes a block with room for at least `count` floats.
  public init(count: Int) {
    sizeClass = BlockPool.sizeClass(of: count)
    capacity = BlockPool.capacity(of: sizeClass)
    pointer = BlockPool.take(sizeClass)
  }

  deinit { BlockPool.give(pointer, sizeClass) }

  /// The bytes of all blocks in use in this process, and of those kept for reuse.
  public static var liveBytes: Int { BlockPool.live.load(ordering: .relaxed) }
  package static var cachedBytes: Int { BlockPool.lists.withLock { $0.bytes } }
}

/// The free lists behind `Storage`, one for each size class.
private enum BlockPool {
  struct Lists {
    var blocks = [[UInt]](repeating: [], count: 256)
    var bytes = 0
  }

  static let alignment = 64
  /// What the lists keep at most. Beyond it blocks go back to the system.
  static let limit = 512 << 20
  static let lists = Mutex(Lists())
  static let live = Atomic<Int>(0)

  /// Class 4e + q holds 16 · 2^e · (1 + q/4) floats.
  static func sizeClass(of count: Int) -> Int {
    if count <= 16 { return 0 }
    let exponent = (count - 1).bitWidth - 1 - (count - 1).leadingZeroBitCount  // 2^exponent < count
    let quarter = 1 << (exponent - 2)
    let quarters = (count - (1 << exponent) + quarter - 1) / quarter
    return 4 * (exponent - 4) + quarters
  }

  static func capacity(of sizeClass: Int) -> Int {
    let base = 16 << (sizeClass / 4)
    return base + base / 4 * (sizeClass % 4)
  }

  static func take(_ sizeClass: Int) -> UnsafeMutablePointer<Float> {
    let bytes = capacity(of: sizeClass) * MemoryLayout<Float>.stride
    live.add(bytes, ordering: .relaxed)
    let kept = lists.withLock { lists -> UInt? in
      guard let block = lists.blocks[sizeClass].popLast() else { return nil }
      lists.bytes -= bytes
      return block
    }
    if let kept { return UnsafeMutablePointer(bitPattern: kept)! }
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, alignment, bytes) == 0, let raw else {
      stopProgram("Tensor: the system has no \(bytes) bytes left")
    }
    return raw.bindMemory(to: Float.self, capacity: capacity(of: sizeClass))
  }

  static func give(_ pointer: UnsafeMutablePointer<Float>, _ sizeClass: Int) {
    let bytes = capacity(of: sizeClass) * MemoryLayout<Float>.stride
    live.subtract(bytes, ordering: .relaxed)
    let kept = lists.withLock { lists in
      if lists.bytes + bytes > limit { return false }
      lists.blocks[sizeClass].append(UInt(bitPattern: pointer))
      lists.bytes += bytes
      return true
    }
    if !kept { free(pointer) }
  }
}
