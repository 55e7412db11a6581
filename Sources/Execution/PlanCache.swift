import NeuronikaGraphs
import Synchronization

/// Plans by structure, bounded by bytes: the least recently used go first.
///
/// Equal hashes are compared in full.
enum PlanCache {
  private struct Entry {
    var plan: Plan
    var lastUse: UInt64
  }

  private struct Contents {
    var plans: [Int: [Entry]] = [:]
    var bytes = 0
    var clock: UInt64 = 0
  }

  /// What the plans may take together.
  static let limit = 256 << 20
  private static let contents = Mutex(Contents())
  private static let compiled = Atomic<Int>(0)
  private static let counted = Mutex(PassCounts())
  static var compilations: Int { compiled.load(ordering: .relaxed) }
  static var passes: PassCounts { counted.withLock { $0 } }

  /// The plan of a structure, compiled if it is not there.
  static func plan(for capture: borrowing Capture, make: () -> Plan) -> Plan {
    let hash = capture.hash
    let known = contents.withLock { contents -> Plan? in
      contents.clock += 1
      guard let entries = contents.plans[hash],
        let place = entries.firstIndex(where: { capture.matches($0.plan.words) })
      else { return nil }
      contents.plans[hash]![place].lastUse = contents.clock
      return entries[place].plan
    }
    if let known { return known }
    let plan = make()
    compiled.add(1, ordering: .relaxed)
    counted.withLock { $0.add(plan.passes) }
    contents.withLock { contents in
      contents.plans[hash, default: []].append(Entry(plan: plan, lastUse: contents.clock))
      contents.bytes += plan.bytes
      if contents.bytes > limit { evict(&contents) }
    }
    return plan
  }

  /// Drops the least recently used plans, down to three quarters of the limit.
  private static func evict(_ contents: inout Contents) {
    let byAge = contents.plans.flatMap { hash, entries in
      entries.map { (hash: hash, use: $0.lastUse) }
    }.sorted { $0.use < $1.use }
    for (hash, use) in byAge.dropLast() where contents.bytes > limit / 4 * 3 {
      guard let place = contents.plans[hash]?.firstIndex(where: { $0.lastUse == use }) else {
        continue
      }
      contents.bytes -= contents.plans[hash]!.remove(at: place).plan.bytes
      if contents.plans[hash]!.isEmpty { contents.plans[hash] = nil }
    }
  }

  static var count: Int { contents.withLock { $0.plans.values.reduce(0) { $0 + $1.count } } }
}

/// What the engine counts of itself.
package enum EngineStatistics {
  /// How many plans were compiled since the process started.
  package static var compilations: Int { PlanCache.compilations }
  /// How many plans are kept.
  package static var plans: Int { PlanCache.count }
  /// How often each pass found something to do in all plans compiled.
  package static var passes: PassCounts { PlanCache.passes }

  /// The words by which the plan of a node's value would be looked up, and their hash.
  package static func structure(of node: Node) -> (words: [Int], hash: Int) {
    var capture = Capture()
    capture.walk(node, node.isDifferentiable ? .training : .forward, attributes: ThreadTeam.count)
    return (capture.structure.words, capture.hash)
  }
}
