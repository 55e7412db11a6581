import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Items that a thread of its own prepares ahead of who uses them, in order.
///
/// The thread makes no more than `depth` items beyond those taken. It ends when the items do, at
/// an error, or when this object is released: then it finishes the item that it is at, and nothing
/// is left behind. It runs what it is given, and never the engine: no thread team, no plan.
///
/// ```
/// let started = Atomic(0)
/// let files = Prefetched(depth: 4) { () throws(DataFileError) -> IDXFile? in
///   let number = started.add(1, ordering: .relaxed).oldValue
///   return number < paths.count ? try IDXFile(paths[number]) : nil
/// }
/// while let file = try files.next() { … }
/// ```
///
/// What can't fail is a sequence, to go through once: `for (x, y) in loader.epoch(3) { … }`.
public final class Prefetched<Item: Sendable, Failure: Error>: @unchecked Sendable {
  private let queue: PrefetchQueue<Item, Failure>
  private let thread: pthread_t

  /// Starts preparing.
  ///
  /// - Parameters:
  ///   - depth: How many items may be ready at most, at least 1. Each takes its memory.
  ///   - make: Gives the next item, `nil` after the last. Runs on the thread, one call at a time.
  public init(depth: Int = 2, _ make: @escaping @Sendable () throws(Failure) -> Item?) {
    let queue = PrefetchQueue(depth: Swift.max(depth, 1), make)
    self.queue = queue
    thread = startThread { queue.fill() }
  }

  deinit {
    queue.stop()
    pthread_join(thread, nil)
  }

  /// The next item; `nil` after the last. Waits until it is ready.
  ///
  /// - Throws: What the preparing threw, in place of the item it threw at. Afterwards there is
  ///   none.
  public func next() throws(Failure) -> Item? { try queue.take() }
}

extension Prefetched: Sequence where Failure == Never {
  public func makeIterator() -> PrefetchedIterator<Item> { PrefetchedIterator(items: self) }
}

/// Goes through what is prepared ahead.
public struct PrefetchedIterator<Item: Sendable>: IteratorProtocol {
  let items: Prefetched<Item, Never>

  public mutating func next() -> Item? { items.next() }
}

/// What the two threads share.
private final class PrefetchQueue<Item: Sendable, Failure: Error>: @unchecked Sendable {
  private let depth: Int
  private let make: @Sendable () throws(Failure) -> Item?
  private var ready: [Result<Item, Failure>] = []
  private var isFinished = false
  private var isStopped = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Signalled whenever one of the above changes.
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(depth: Int, _ make: @escaping @Sendable () throws(Failure) -> Item?) {
    self.depth = depth
    self.make = make
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// The work of the thread: makes items until there are no more, or no more are wanted.
  func fill() {
    while waitForRoom() {
      let result: Result<Item, Failure>?
      do throws(Failure) { result = try make().map { .success($0) } } catch {
        result = .failure(error)
      }
      locked {
        if let result { ready.append(result) }
        if case .success? = result {} else { isFinished = true }
        pthread_cond_broadcast(changed)
      }
    }
  }

  /// Waits until an item is wanted.
  ///
  /// - Returns: `false` if none will be.
  private func waitForRoom() -> Bool {
    locked {
      while ready.count >= depth, !isStopped, !isFinished { pthread_cond_wait(changed, mutex) }
      return !isStopped && !isFinished
    }
  }

  func take() throws(Failure) -> Item? {
    let result: Result<Item, Failure>? = locked {
      while ready.isEmpty, !isFinished { pthread_cond_wait(changed, mutex) }
      if ready.isEmpty { return nil }
      pthread_cond_broadcast(changed)
      return ready.removeFirst()
    }
    return try result?.get()
  }

  func stop() {
    locked {
      isStopped = true
      pthread_cond_broadcast(changed)
    }
  }
}

/// Starts a thread.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body)).toOpaque()
  #if canImport(Darwin)
    var thread: pthread_t?
    let code = pthread_create(&thread, nil, { run($0) }, box)
  #else
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, { run($0!) }, box)
  #endif
  func run(_ box: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
    return nil
  }
  guard code == 0 else { stopProgram("Prefetched: the system starts no more threads") }
  #if canImport(Darwin)
    return thread!
  #else
    return thread
  #endif
}
