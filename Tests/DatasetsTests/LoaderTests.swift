import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Synchronization
import Testing

@Suite struct LoaderTests {
  @Test("Each epoch has every row once, in an order that seed and number fix")
  func epochs() {
    let loader = Loader(DatasetTests.numbered(103), batchSize: 10, seed: 4)
    #expect(loader.count == 11)
    var orders: [[Float]] = []
    for epoch in 0..<3 {
      var labels: [Float] = []
      for (x, y) in loader.epoch(epoch) {
        #expect(x[.all, 0].elements == y.elements.map { 2 * $0 })
        labels += y.elements
      }
      #expect(labels.sorted() == (0..<103).map(Float.init))
      orders.append(labels)
    }
    #expect(Set(orders).count == 3)
    #expect(loader.epoch(1).flatMap(\.labels.elements) == orders[1])
    #expect(loader.epoch(1, startingAt: 9).flatMap(\.labels.elements) == Array(orders[1][90...]))
    #expect(Array(loader.epoch(0, startingAt: 11)).isEmpty)
    let other = Loader(loader.rows, batchSize: 10, seed: 5)
    #expect(other.epoch(0).flatMap(\.labels.elements) != orders[0])
  }

  @Test("A position goes into a checkpoint and comes back")
  func position() throws {
    let position = LoaderPosition(epoch: 3, batch: 17)
    #expect(try LoaderPosition(state: position.state) == position)
    var state = State()
    state.insert(position.state, under: "loader")
    state["loader.batch"] = .integer(-1)
    let error = #expect(throws: StateError.self) {
      try LoaderPosition(state: state.nested("loader"))
    }
    #expect(
      error?.description
        == "state: \"loader.batch\" is the integer -1 where an integer from 0 on was expected")
  }

  @Test("Without shuffling the batches are those of the dataset")
  func inOrder() {
    let data = DatasetTests.numbered(20)
    let loader = Loader(data, batchSize: 6, seed: 0, shuffles: false, dropLast: true)
    #expect(loader.count == 3)
    #expect(loader.epoch(7).map(\.labels) == data.batches(of: 6, dropLast: true).map(\.labels))
  }

  @Test("Images are transformed anew in every epoch, and alike in the same")
  func augmentation() throws {
    let data = try ImageTests.images(20).augmented(by: [.noise(1)])
    let loader = Loader(data, batchSize: 20, seed: 1, shuffles: false)
    let (first, second) = (loader.epoch(0).next()!, loader.epoch(1).next()!)
    #expect(first.records != second.records)
    #expect(loader.epoch(0).next()!.records == first.records)
  }

  @Test("Items come in order, and no more are made ahead than asked for", arguments: [1, 2, 5])
  func bounded(depth: Int) {
    let made = Mutex(0)
    let items = Prefetched<Int, Never>(depth: depth) {
      made.withLock { count in
        if count == 100 { return nil }
        count += 1
        return count
      }
    }
    for expected in 1...100 {
      #expect(items.next() == expected)
      // One more may be under way.
      #expect(made.withLock { $0 } <= expected + depth + 1)
    }
    #expect(items.next() == nil && items.next() == nil)
  }

  @Test("An error comes in the place of the item it prevented, and then nothing")
  func errors() throws {
    let number = Mutex(0)
    let items = Prefetched(depth: 4) { () throws(DataFileError) -> Int? in
      let next = number.withLock { count in
        count += 1
        return count
      }
      if next == 3 { _ = try IDXFile(contents: [], source: "third") }
      return next
    }
    #expect(try items.next() == 1)
    #expect(try items.next() == 2)
    #expect(throws: DataFileError.self) { try items.next() }
    #expect(try items.next() == nil)
    #expect(number.withLock { $0 } == 3)
  }

  @Test("Leaving early ends the thread, and nothing stays behind")
  func leaving() {
    final class Token: Sendable {}
    for taken in [0, 1, 3] {
      weak var alive: Token?
      do {
        let token = Token()
        alive = token
        let items = Prefetched<Int, Never>(depth: 2) { withExtendedLifetime(token) { 1 } }
        for _ in 0..<taken { #expect(items.next() == 1) }
      }
      // The thread has been waited for, so what it held is released.
      #expect(alive == nil)
    }
    for (_, y) in Loader(DatasetTests.numbered(1000), batchSize: 1, seed: 1).epoch(0) {
      if y[0] == 500 { break }
    }
  }
}
