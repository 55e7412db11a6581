import CNeuronikaTiles
import Foundation
import Testing

@Suite struct ViewTests {
  @Test(arguments: UInt64(0)..<8)
  func loadsAndStoresAgreeWithANaiveLoopOnRandomViews(seed: UInt64) {
    var numbers = Numbers(seed: seed)
    for _ in 0..<100 { check(View(&numbers), &numbers) }
  }

  private func check(_ view: View, _ numbers: inout Numbers) {
    let total = view.dims.reduce(1, *)
    let base = (0..<view.extent).map(Float.init)
    for _ in 0..<4 {
      let start = numbers.int(0..<total + 1)
      let count = numbers.int(0..<total - start + 1)
      let offsets = (start..<start + count).map(view.offset)
      var loaded = [Float](repeating: -7, count: count + 1)
      base.withUnsafeBufferPointer {
        nk_load(
          &loaded, $0.baseAddress! + view.origin, start, count, Int32(view.dims.count), view.dims,
          view.strides)
      }
      #expect(loaded == offsets.map { base[$0] } + [-7], "\(view), \(start), \(count)")
      if view.strides.contains(0) { continue }
      var stored = base
      var expected = base
      let source = (0..<count).map { -1 - Float($0) }
      for (offset, value) in zip(offsets, source) { expected[offset] = value }
      stored.withUnsafeMutableBufferPointer {
        nk_store(
          $0.baseAddress! + view.origin, source, start, count, Int32(view.dims.count), view.dims,
          view.strides)
      }
      #expect(stored == expected, "\(view), \(start), \(count)")
    }
  }

  @Test func aViewOfRankZeroIsOneElement() {
    var value: Float = 0
    nk_load(&value, [3], 0, 1, 0, [], [])
    #expect(value == 3)
    nk_store(&value, [4], 0, 1, 0, [], [])
    #expect(value == 4)
  }

  @Test func manyAxesOfSizeOneAreNoLimit() {
    var values = [Float](repeating: 0, count: 6)
    let dims = [Int](repeating: 1, count: 100) + [2, 3]
    let strides = [Int](repeating: 5, count: 100) + [1, 2]
    nk_load(&values, [0, 1, 2, 3, 4, 5], 0, 6, 102, dims, strides)
    #expect(values == [0, 2, 4, 1, 3, 5])
  }

  @Test func anEmptyViewTouchesNothing() {
    var value: Float = 3
    nk_load(&value, [4], 0, 0, 2, [0, 5], [5, 1])
    #expect(value == 3)
  }
}

/// A strided view over a buffer just large enough: some axes permuted, broadcast, reversed,
/// stepped over.
private struct View: CustomStringConvertible {
  var dims: [Int] = []
  var strides: [Int] = []
  var origin = 0
  var extent = 1

  init(_ numbers: inout Numbers) {
    let rank = numbers.int(0..<6)
    dims = (0..<rank).map { _ in numbers.int(1..<[3, 6, 40][numbers.int(0..<3)]) }
    while dims.reduce(1, *) > 5000 { dims[dims.firstIndex(of: dims.max()!)!] /= 2 }
    strides = [Int](repeating: 0, count: rank)
    var order = Array(0..<rank)
    if numbers.int(0..<2) == 1 {
      for k in order.indices.dropFirst() { order.swapAt(k, numbers.int(0..<k + 1)) }
    }
    for axis in order.reversed() {
      let kind = numbers.int(0..<8)
      if kind == 0 { continue }
      let step = kind == 1 ? extent + numbers.int(0..<4) : extent
      strides[axis] = step
      extent = step * dims[axis]
      if kind == 2 { reverse(axis) }
    }
    extent += origin + 1
  }

  private mutating func reverse(_ axis: Int) {
    origin += (dims[axis] - 1) * strides[axis]
    strides[axis] = -strides[axis]
  }

  func offset(of index: Int) -> Int {
    var rest = index
    var offset = origin
    for k in dims.indices.reversed() {
      offset += rest % dims[k] * strides[k]
      rest /= dims[k]
    }
    return offset
  }

  var description: String { "dims \(dims), strides \(strides), origin \(origin)" }
}
