import NeuronikaTensors

// A composition: the engine needs no operation of its own.

/// The rows of a table that indices name: a vector for each word, say.
///
/// **Shape:** a table `[N, D]` and indices `[…]` → `[…, D]`.
///
/// **Gradient:** each row of the table gets the sum of the upstream gradient where it was looked up,
/// and rows that weren't get 0; indices get none.
///
/// **Numerics:** exact. One pass over the rows looked up; the gradient is a whole table.
///
/// - Parameters:
///   - table: The vectors, learned most often.
///   - indices: Whole numbers from 0 to N − 1. Another number stops the program with its position
///     when the value is computed.
public func embedding<Table: Variable>(_ table: Table, _ indices: Var) -> Table {
  do throws(ShapeError) { try checkEmbeddingTable(table.shape) } catch {
    stopProgram("embedding: \(error.description)")
  }
  return table.indexSelect(indices, axis: 0)
}

package func checkEmbeddingTable(_ shape: Shape) throws(ShapeError) {
  guard shape.rank == 2 else { throw ShapeError("takes a table [N, D], not \(shape)") }
}
