import NeuronikaTensors

// Slices: the engine needs no operation of its own.

extension Variable {
  /// Equal blocks, in row-major order of their places. What is left over along an axis belongs to
  /// none.
  ///
  /// **Shape:** `[5, 4]` in chunks of `[2, 2]` → four of `[2, 2]`; the last row is skipped.
  ///
  /// **Gradient:** that of each block in its place, 0 in what was skipped. Takes no memory: whoever
  /// reads a block reads it where it lies.
  ///
  /// - Parameter block: The shape of a block: an extent for each axis, each at least 1.
  public func chunks(_ block: Shape) -> [Self] {
    do throws(ShapeError) {
      return try chunkStarts(block, of: shape).map {
        let steps = [Int](repeating: 1, count: rank)
        return Self(apply(Slice(starts: $0, steps: steps, target: block), node))
      }
    } catch { stopProgram("chunks: \(error.description)") }
  }
}

/// Where the blocks begin.
package func chunkStarts(_ block: Shape, of shape: Shape) throws(ShapeError) -> [[Int]] {
  guard block.rank == shape.rank else {
    throw ShapeError("a chunk \(block) has another rank than \(shape)")
  }
  for axis in 0..<block.rank where block[axis] == 0 {
    throw ShapeError("a chunk \(block) is empty along axis \(axis)")
  }
  var starts: [[Int]] = []
  Shape((0..<shape.rank).map { shape[$0] / block[$0] }).forEachIndex { index in
    starts.append(index.indices.map { index[$0] * block[$0] })
  }
  return starts
}
