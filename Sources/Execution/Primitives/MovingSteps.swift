import CNeuronikaTiles
import NeuronikaTensors

// Steps that move numbers: side by side, by index, or out of the generator.

/// Writes values side by side into a larger one.
final class AssemblyStep {
  /// Where a part lies, how it is read, and where it goes.
  let parts: [(source: SlotOffset, view: StridedView, place: StridedView)]
  let background: Float
  let count: Int
  let out: Int
  private let isCovered: Bool

  init(
    parts: [(source: SlotOffset, view: StridedView, place: StridedView)], background: Float,
    count: Int, out: Int
  ) {
    (self.parts, self.background, self.count, self.out) = (parts, background, count, out)
    isCovered = parts.reduce(0) { $0 + $1.view.count } == count
  }

  func run(_ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ workspace: Workspace) {
    let result = slots[out]
    if !isCovered { result.update(repeating: background, count: count) }
    let tile = workspace.scratch(floats: TileProgram.tile)
    for part in parts {
      let source = slots[part.source.slot] + part.source.offset
      let size = part.view.count
      part.view.withGeometry { rank, extents, strides in
        part.place.withGeometry { placeRank, placeExtents, placeStrides in
          for start in stride(from: 0, to: size, by: TileProgram.tile) {
            let length = min(TileProgram.tile, size - start)
            nk_load(tile, source, start, length, rank, extents, strides)
            nk_store(
              result + part.place.offset, tile, start, length, placeRank, placeExtents,
              placeStrides)
          }
        }
      }
    }
  }
}

extension StridedView {
  /// Gives rank, extents and strides the way the kernels take them.
  fileprivate func withGeometry(
    _ body: (Int32, UnsafePointer<Int>, UnsafePointer<Int>) -> Void
  ) {
    extents.withUnsafeBufferPointer { extents in
      strides.withUnsafeBufferPointer { strides in
        // Rank 0 has no memory to point to, and none is looked at.
        withUnsafePointer(to: 0) { nothing in
          body(
            Int32(extents.count), extents.baseAddress ?? nothing, strides.baseAddress ?? nothing)
        }
      }
    }
  }
}

/// Copies slices, or elements, chosen by index, or adds them up at indices. Indices are checked by
/// the plan; one that is not right chooses NaN, or adds nothing.
final class SlicesStep {
  private let data: SlotOffset
  private let indices: SlotOffset
  private let slices: Slices
  let adds: Bool
  private let out: Int

  init(_ data: SlotOffset, at indices: SlotOffset, _ slices: Slices, adds: Bool, out: Int) {
    (self.data, self.indices, self.slices, self.adds, self.out) = (data, indices, slices, adds, out)
  }

  func run(_ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>) {
    let (outer, extent, inner, count) = (slices.outer, slices.extent, slices.inner, slices.count)
    let source = slots[data.slot] + data.offset
    let places = slots[indices.slot] + indices.offset
    let result = slots[out]
    if adds { result.update(repeating: 0, count: outer * extent * inner) }
    if slices.haveIndexEach { return moveElements(source, places, result) }
    for block in 0..<outer {
      for position in 0..<count {
        let small = (block * count + position) * inner
        guard let index = Int(exactly: places[position]), index >= 0, index < extent else {
          if !adds { (result + small).update(repeating: .nan, count: inner) }
          continue
        }
        let large = (block * extent + index) * inner
        if adds {
          Kernels.add(result + large, result + large, source + small, nil, 1, inner)
        } else {
          (result + small).update(from: source + large, count: inner)
        }
      }
    }
  }

  private func moveElements(
    _ source: UnsafePointer<Float>, _ places: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    let (extent, inner) = (slices.extent, slices.inner)
    var small = 0
    for block in 0..<slices.outer {
      for _ in 0..<slices.count {
        for column in 0..<inner {
          if let index = Int(exactly: places[small]), index >= 0, index < extent {
            let large = (block * extent + index) * inner + column
            if adds { result[large] += source[small] } else { result[small] = source[large] }
          } else if !adds {
            result[small] = .nan
          }
          small += 1
        }
      }
    }
  }
}

/// Uniform random numbers, a pure function of a draw and its round.
final class RandomStep {
  private let input: Int
  let count: Int
  private let out: Int

  init(input: Int, count: Int, out: Int) {
    (self.input, self.count, self.out) = (input, count, out)
  }

  func run(_ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>) {
    let draw = UnsafeRawPointer(slots[input]).loadUnaligned(as: BoundDraw.self)
    Philox.uniform(
      UnsafeMutableBufferPointer(start: slots[out], count: count), seed: draw.seed,
      // The streams of a draw's rounds lie far apart.
      stream: draw.number &+ draw.round &* 0x9E37_79B9_7F4A_7C15)
  }
}

/// A draw, and how many times its node has drawn, as an input of a plan. The number of the
/// evaluation would not do: it depends on what else the process computed.
struct BoundDraw {
  var seed: UInt64
  var number: UInt64
  var round: UInt64
}
